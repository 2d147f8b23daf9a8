import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, type Push, type PushPlanBody } from '@sluice/protocol';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { begin, ids, type PushDesk, percent, set, single } from '../support/planned-app.ts';
import { readRows } from '../support/rows.ts';

type Target = Parameters<PushDesk['start']>[0]['target'];
const dayMs = 24 * 3600_000;
const params = { env: 'prod', app: 'orders' };
/** What a server writes by itself while nobody asks for anything. */
const restless = new Set([
  'node',
  'session',
  'instance',
  'push_target',
  'holding_log',
  'node_question',
  'guardrail_part',
  'guardrail_judgement',
]);

/** Every row of every table that only people change. */
async function tables(server: BootedApp): Promise<Record<string, unknown[]>> {
  const names = await readRows<{ name: string }>(
    server,
    "SELECT name FROM sqlite_master WHERE type = 'table'",
  );
  const found = names
    .map(({ name }) => name)
    .filter((name) => !restless.has(name) && !name.startsWith('sqlite_'));
  const rows = await Promise.all(found.map((name) => readRows(server, `SELECT * FROM "${name}"`)));
  return Object.fromEntries(found.map((name, index) => [name, rows[index]!]));
}

describe('a push that can not be', () => {
  let server: BootedApp;
  let desk: PushDesk;
  let gray: Push;

  const asked = async (target: unknown, more: object = {}) => ({
    changes: [await desk.change('order', set({ timeout: 9 }))],
    target: target as Target,
    ...more,
  });
  const share = (audience: object) => ({ mode: 'gray', audience });

  beforeAll(async () => {
    server = await bootApp();
    desk = await begin(server);
    await desk.instances(['a', 'b', 'c', 'd'], (_, index) => ({ zone: index < 2 ? 'a' : 'b' }));
    gray = await desk.start({
      changes: [await desk.change('order', set({ size: 2 }))],
      target: percent([50]),
    });
    await desk.createGroup('zone-a', 'zone=a');
  }, 60_000);
  afterAll(() => server?.close());

  /** What is asked, and what is said of it: the status, the code, and what must be named. */
  const table: readonly [what: string, target: unknown, more: object, said: [number, string, string]][] = [
    ['0 %', share({ by: 'percent', steps: [0] }), {}, [422, 'invalid', 'target.audience.steps']],
    ['101 %', share({ by: 'percent', steps: [101] }), {}, [422, 'invalid', 'target.audience.steps']],
    ['NaN %', share({ by: 'percent', steps: [Number.NaN] }), {}, [422, 'invalid', 'target.audience.steps']],
    [
      'a share as text',
      share({ by: 'percent', steps: ['5'] }),
      {},
      [422, 'invalid', 'target.audience.steps'],
    ],
    ['no steps', share({ by: 'percent', steps: [] }), {}, [422, 'invalid', 'target.audience.steps']],
    [
      'steps that shrink',
      share({ by: 'percent', steps: [50, 5] }),
      {},
      [422, 'invalid', 'target.audience.steps'],
    ],
    ['none of them', share({ by: 'count', count: 0 }), {}, [422, 'invalid', 'target.audience.count']],
    ['half an instance', share({ by: 'count', count: 1.5 }), {}, [422, 'invalid', 'target.audience.count']],
    ['less than none', share({ by: 'count', count: -1 }), {}, [422, 'invalid', 'target.audience.count']],
    [
      'an empty cohort',
      share({ by: 'count', count: 2, among: 'zone=nowhere' }),
      {},
      [422, 'invalid', 'target.audience nobody of those who are online fits'],
    ],
    [
      'an empty cohort by share',
      share({ by: 'percent', steps: [10], among: 'zone=nowhere' }),
      {},
      [422, 'invalid', 'target.audience nobody of those who are online fits'],
    ],
    ['no instances', share({ by: 'instances', ids: [] }), {}, [422, 'invalid', 'target.audience.ids']],
    [
      'a selector that is none',
      share({ by: 'labels', selector: 'zone in (' }),
      {},
      [422, 'invalid', 'target.audience.selector'],
    ],
    ['an unknown group', { mode: 'group', group: 'nobody' }, {}, [422, 'invalid', 'nobody']],
    ['an unknown mode', { mode: 'everywhere' }, {}, [422, 'invalid', 'target']],
    ['a life of nothing', single('a'), { expiresInMs: 0 }, [422, 'invalid', 'expiresInMs']],
    ['a life below nothing', single('a'), { expiresInMs: -1 }, [422, 'invalid', 'expiresInMs']],
    ['a life over 7 days', single('a'), { expiresInMs: 7 * dayMs + 1 }, [422, 'invalid', 'expiresInMs']],
    ['a life without a number', single('a'), { expiresInMs: 'soon' }, [422, 'invalid', 'expiresInMs']],
    ['a life for everyone', { mode: 'global' }, { expiresInMs: 60_000 }, [422, 'invalid', 'expiresInMs']],
    ['a stale plan', single('a'), { plan: 'f'.repeat(64) }, [412, 'plan_moved', 'Look at the new plan']],
    ['no change at all', { mode: 'global' }, { changes: [] }, [422, 'invalid', 'changes']],
  ];

  it.each(table)(
    'is refused with %s, and nothing is written',
    async (_, target, more, [status, code, named]) => {
      const before = await tables(server);
      const answer = await desk.tryStart(await asked(target, more));
      const text = JSON.stringify(answer.body);
      expect([answer.status, (answer.body as { code: string }).code, text]).toEqual([status, code, text]);
      expect(text).toContain(named);
      const preview = await server.admin.attempt(contracts.previewPush, {
        params,
        body: await asked(target, more),
      });
      if (code !== 'plan_moved')
        expect([preview.status, (preview.body as { code: string }).code]).toEqual([status, code]);
      expect(await tables(server)).toEqual(before);
    },
  );

  it('over another on its keys is told of which', async () => {
    const before = await tables(server);
    const body = { changes: [await desk.change('order', set({ size: 3 }))], target: percent([10]) };
    const answer = await desk.tryStart(body);
    expect(answer).toMatchObject({
      status: 409,
      body: {
        code: 'gray_conflict',
        details: { clashes: [{ pushId: gray.id, namespace: 'order', keys: ['size'] }] },
      },
    });
    expect(JSON.stringify(answer.body)).toContain(gray.id);
    expect(await tables(server)).toEqual(before);
  });

  it('after who is there has changed says who came and who went', async () => {
    const body = {
      changes: [await desk.change('order', set({ timeout: 4 }))],
      target: { mode: 'group', group: 'zone-a' } as const,
    };
    const plan = await desk.preview(body);
    expect(ids(plan)).toEqual(['a', 'b']);
    await desk.instances(['e'], () => ({ zone: 'a' }));
    const before = await tables(server);
    const answer = await desk.tryStart({ ...body, plan: plan.hash });
    expect(answer).toMatchObject({ status: 412, body: { code: 'plan_moved' } });
    expect(JSON.stringify(answer.body)).toContain('"e"');
    expect(await tables(server)).toEqual(before);
  });

  it('for an id that nobody has ever seen shows it, and does not drop it', async () => {
    const target: Target = { mode: 'gray', audience: { by: 'instances', ids: ['a', 'nobody-knows'] } };
    const body = { changes: [await desk.change('order', set({ timeout: 3 }))], target };
    const plan: PushPlanBody = await desk.preview(body);
    expect(ids(plan)).toEqual(['a']);
    expect(JSON.stringify(plan)).toContain('nobody-knows');
    const push = await desk.start({ ...body, plan: plan.hash });
    expect(push.target).toEqual(
      expect.objectContaining({ audience: { by: 'instances', ids: ['a', 'nobody-knows'] } }),
    );
    await desk.instances(['nobody-knows']);
    expect(await desk.withValue('order', 3)).toEqual(['a', 'nobody-knows']);
    await desk.act(contracts.abandonPush, push.id);
  });

  describe('by a link', () => {
    const link = (app: string, namespace: string) => ({ app, namespace });
    const make = (app: string, body: object) =>
      server.admin.attempt(contracts.createNamespace, {
        params: { env: 'prod', app },
        body: { kind: 'map', ...body } as never,
      });
    const change = (app: string, ns: string, body: object) =>
      server.admin.attempt(contracts.changeNamespace, {
        params: { env: 'prod', app, ns },
        body: body as never,
        ifMatch: '"0"',
      });
    const must = async (answer: ReturnType<typeof make>): Promise<void> => {
      const { status, body } = await answer;
      if (status >= 300) throw new Error(JSON.stringify(body));
    };

    beforeAll(async () => {
      for (const name of ['one', 'two', 'three', 'four', 'five'])
        await server.admin.call(contracts.createApp, { body: { name } });
      await must(make('one', { name: 'a', public: true }));
      await must(make('one', { name: 'own', public: false }));
      await must(make('one', { name: 'rules', kind: 'rules', public: true }));
      await must(make('two', { name: 'b', public: true, link: link('one', 'a') }));
      await must(make('three', { name: 'c', public: true, link: link('two', 'b') }));
      await must(make('four', { name: 'd', public: true, link: link('three', 'c') }));
      await must(make('five', { name: 'z', public: true }));
    });

    const linking: readonly [string, () => ReturnType<typeof make>, [number, string, string]][] = [
      ['itself', () => change('one', 'a', { link: link('one', 'a') }), [422, 'invalid', 'link']],
      ['its own app', () => make('one', { name: 'n', link: link('one', 'a') }), [422, 'invalid', 'link']],
      ['a cycle', () => change('one', 'a', { link: link('three', 'c') }), [422, 'invalid', 'link']],
      [
        'an app that lies over it',
        () => change('one', 'own', { link: link('four', 'd') }),
        [422, 'invalid', 'link'],
      ],
      [
        'what is not public',
        () => make('five', { name: 'n', link: link('one', 'own') }),
        [422, 'invalid', 'link.namespace'],
      ],
      [
        'what is not there',
        () => make('five', { name: 'n', link: link('one', 'none') }),
        [422, 'invalid', 'link.namespace'],
      ],
      [
        'another kind',
        () => make('five', { name: 'n', link: link('one', 'rules') }),
        [422, 'invalid', 'link.namespace'],
      ],
      ['a fourth link', () => make('five', { name: 'n', link: link('four', 'd') }), [422, 'invalid', 'link']],
      ['more below it', () => change('one', 'a', { link: link('five', 'z') }), [422, 'invalid', 'link']],
      [
        'an app that is not there',
        () => make('five', { name: 'n', link: link('nobody', 'a') }),
        [404, 'not_found', ''],
      ],
      [
        'a document',
        () => make('five', { name: 'n', kind: 'document', format: 'text', link: link('one', 'a') }),
        [422, 'invalid', 'link'],
      ],
      [
        'a schema of its own',
        () => make('five', { name: 'n', schema: {}, link: link('one', 'a') }),
        [422, 'invalid', 'schema'],
      ],
      [
        'a public document',
        () => make('five', { name: 'n', kind: 'document', format: 'text', public: true }),
        [422, 'invalid', 'public'],
      ],
      [
        'links that would be left',
        () => change('two', 'b', { public: false }),
        [409, 'wrong_state', 'three/c'],
      ],
      [
        'links that would lead nowhere',
        () =>
          server.admin.attempt(contracts.deleteNamespace, {
            params: { env: 'prod', app: 'two', ns: 'b' },
            ifMatch: '"0"',
          }),
        [409, 'wrong_state', 'three/c'],
      ],
      [
        'a key taken away of nothing',
        () =>
          server.admin.attempt(contracts.publish, {
            params: { env: 'prod', app: 'one', ns: 'a' },
            ifMatch: '"0"',
            body: { content: { kind: 'map', items: { k: { removed: true } } } } as never,
          }),
        [422, 'invalid', 'content.items.k'],
      ],
    ];

    it.each(linking)(
      'is refused with %s, in both languages, and nothing is written',
      async (_, ask, said) => {
        const before = await tables(server);
        const answer = await ask();
        const body = answer.body as { code: string; details?: { faults?: { path: string; zh?: string }[] } };
        const [status, code, named] = said;
        expect([answer.status, body.code, JSON.stringify(body)]).toEqual([
          status,
          code,
          expect.stringContaining(named),
        ]);
        if (status === 422) {
          expect(body.details!.faults![0]!.path).toBe(named);
          expect(body.details!.faults![0]!.zh).toMatch(/[一-鿿]/);
        }
        expect(await tables(server)).toEqual(before);
      },
    );
  });

  it('is moved where it can not go is refused, and stays as it is', async () => {
    const before = await tables(server);
    const refusals = [
      await desk.try(contracts.advancePush, gray.id, { step: 7 }),
      await desk.try(contracts.advancePush, gray.id, { step: -1 }),
      await desk.try(contracts.resumePush, gray.id),
      await desk.try(contracts.promotePush, gray.id, { choices: { order: { size: 'mine' } } }),
      await desk.try(contracts.abandonPush, '00000000-0000-4000-8000-000000000000'),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([409, 422, 409, 422, 404]);
    expect(await tables(server)).toEqual(before);
  });
});
