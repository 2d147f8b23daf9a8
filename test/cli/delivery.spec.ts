import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { Refused } from './fake-server.ts';
import { contents, grayOf, instanceOf, namespaceOf, planOf, pushOf } from './order-api.ts';
import { type OrderCommand, startOrderCommand } from './order-command.ts';

let order: OrderCommand;
beforeEach(async () => {
  order = await startOrderCommand();
});
afterEach(() => order.fake.stop());

const set = ['set', 'order-api', 'order.timeoutMs=500'];
const item = { type: 'number', value: 500, min: 50, max: 5000 };
const at = '2026-01-02T03:04:05.000Z';

describe('to whom', () => {
  it.each<[string[], unknown]>([
    [['--instance', 'i-1'], { mode: 'single', instanceId: 'i-1' }],
    [['--mode', 'group', '--group', 'eu'], { mode: 'group', group: 'eu' }],
    [['--percent', '5', '--among', 'zone=a'], gray({ by: 'percent', steps: [5], among: 'zone=a' })],
    [['--mode', 'gray'], gray({ by: 'percent', steps: [5, 25, 100] })],
    [
      ['--steps', '1,0.5%'.split(',').reverse().join(','), '--bake', '10m', '--auto', '--health'],
      gray({ by: 'percent', steps: [0.5, 1] }, { bakeMs: 600_000, click: false, health: true }),
    ],
    [['--count', '2'], gray({ by: 'count', count: 2 })],
    [['--count', '2', '--no-health'], gray({ by: 'count', count: 2 }, { health: false })],
    [['--instances', 'i-1, i-2,i-1'], gray({ by: 'instances', ids: ['i-1', 'i-2'] })],
    [['--labels', 'zone in (a,b)'], gray({ by: 'labels', selector: 'zone in (a,b)' })],
    [['--grays', 'keep'], { mode: 'global', grays: 'keep' }],
  ])('%j', async (options, target) => {
    const ran = await order.sluice([...set, ...options, '-m', 'why']);
    expect(ran).toMatchObject({ code: 0 });
    expect(order.fake.writes).toEqual(['startPush']);
    const { body, headers } = order.fake.last('startPush');
    expect(body).toEqual({
      changes: [{ namespace: 'order', base: 47, changes: { set: { timeoutMs: item }, remove: [] } }],
      target,
      twoPhase: false,
      message: 'why',
    });
    expect(headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('says who by name and number, and prints the push', async () => {
    order.fake.on('previewPush', () =>
      planOf(['i-1', 'i-2'], {
        unmoved: [{ instanceId: 'i-3', online: true, labels: {}, reasons: [] }],
        warnings: [{ en: 'a group wins over it', zh: '分组优先' }],
      }),
    );
    const ran = await order.sluice([...set, '--percent', '5']);
    expect(ran.err).toContain(
      'Change order.timeoutMs 800 -> 500 on 2 instances of order-api in prod (gray: 5 %)\n  i-1, i-2\n',
    );
    expect(ran.err).toContain('what they hold stays the same: i-3\nNote: a group wins over it\n');
    expect(ran.out).toMatch(/PUSH +MODE +STATE +STEP +WHAT/);
    expect(ran.out).toMatch(/g-1 +gray +running +step 1 of 3 \(5 %\) +order +48 +0\/2/);
  });

  it('takes how long it lives and two phases along', async () => {
    await order.sluice([...set, '--instance', 'i-1', '--expires', '10m', '--two-phase']);
    expect(order.fake.last('startPush').body).toMatchObject({ expiresInMs: 600_000, twoPhase: true });
    await order.sluice([...set, '--instance', 'i-1', '--expires', 'never']);
    expect(order.fake.last('startPush').body).toMatchObject({ expiresInMs: 'untilCleared' });
  });

  it('makes one change set of several namespaces, and leaves out what is so already', async () => {
    const both = ['set', 'order-api', 'order.timeoutMs=500', 'order.eu.rate=0.2'];
    const ran = await order.sluice(both);
    expect(ran.err).toContain('Change 2 namespaces (order, order.eu) on 2 instances');
    expect(order.fake.writes).toEqual(['startPush']);
    expect(order.fake.last('startPush').body).toMatchObject({
      changes: [
        { namespace: 'order' },
        { namespace: 'order.eu', changes: { set: { rate: { value: 0.2 } } } },
      ],
      target: { mode: 'global' },
    });
    await order.sluice(['set', 'order-api', 'order.timeoutMs=500', 'order.eu.rate=0.19']);
    expect(order.fake.last('startPush').body.changes).toHaveLength(1);
    const same = await order.sluice(['set', 'order-api', 'order.timeoutMs=800', 'order.eu.rate=0.19']);
    expect(same).toMatchObject({ code: 0, err: expect.stringContaining('Nothing to do') });
    expect(order.fake.writes).toHaveLength(2);
  });

  it('pushes what a file says as a patch to some, whole to everyone', async () => {
    const path = join(order.machine.home, 'order.json');
    const { vip: _, ...kept } = (contents.order as { items: Record<string, unknown> }).items;
    const content = { kind: 'map', items: { ...kept, timeoutMs: item } };
    writeFileSync(
      path,
      JSON.stringify({ app: 'order-api', namespaces: [{ name: 'order', kind: 'map', content }] }),
    );
    await order.sluice(['apply', '-f', path, '--percent', '5']);
    expect(order.fake.last('startPush').body.changes).toEqual([
      { namespace: 'order', base: 47, changes: { set: { timeoutMs: item }, remove: ['vip'] } },
    ]);
    await order.sluice(['apply', '-f', path, '--two-phase']);
    expect(order.fake.last('startPush').body.changes).toEqual([{ namespace: 'order', base: 47, content }]);
    writeFileSync(path, JSON.stringify({ namespaces: [{ name: 'fresh', kind: 'map', content }] }));
    const fresh = await order.sluice(['apply', 'order-api', '-f', path, '--percent', '5']);
    expect(fresh).toMatchObject({ code: 2, err: expect.stringContaining('creates fresh') });
  });

  it('stores a proposal for others without pushing it', async () => {
    const ran = await order.sluice([...set, '--percent', '5', '--propose']);
    expect(order.fake.writes).toEqual(['proposePush']);
    expect(ran.err).toContain(
      'nothing was pushed. Others approve it with: sluice push approve order-api g-1',
    );
  });
});

describe('a dry run', () => {
  const dry = [...set, '--percent', '5', '--dry-run'];

  it('names every instance with its old and new value, and why', async () => {
    const ran = await order.sluice(dry);
    expect(ran.code).toBe(0);
    expect(ran.out).toBe(
      [
        'INSTANCE  STATE   KEY              NOW  THEN  WHY',
        'i-1       online  order.timeoutMs  800  500   zone=a, and among the first 5 %',
        'i-2       online  order.timeoutMs  800  500   zone=a, and among the first 5 %',
        '',
      ].join('\n'),
    );
    expect(ran.err).toContain(`--plan ${'2'.repeat(64)}`);
    expect(order.fake.writes).toEqual([]);
    expect((await order.sluice([...dry, '--lang', 'zh'])).out).toMatch(/实例 +状态 .*\n.*且属于前 5%/);
  });

  it.each(['json', 'yaml', 'ndjson'])('gives the same as %s', async (format) => {
    const { out, err } = await order.sluice([...dry, '-o', format, '--quiet']);
    expect(err).toBe('');
    const row = {
      instanceId: 'i-1',
      online: true,
      holding: 'before',
      changes: [{ namespace: 'order', key: 'timeoutMs', before: { value: 800 }, after: { value: 500 } }],
      reasons: [{ effect: 'gains' }],
    };
    if (format === 'ndjson') {
      const rows = out.trimEnd().split('\n');
      expect(rows).toHaveLength(2);
      expect(JSON.parse(rows[0]!)).toMatchObject(row);
    } else
      expect(format === 'json' ? JSON.parse(out) : parse(out)).toMatchObject({
        dryRun: true,
        target: { mode: 'gray' },
        plan: { hash: '2'.repeat(64), counts: { targets: 2 }, targets: [row, { instanceId: 'i-2' }] },
      });
  });

  it('gives the hash by which a script pushes exactly that', async () => {
    const { out } = await order.sluice([...dry, '-o', 'json']);
    const { hash } = JSON.parse(out).plan;
    await order.sluice([...set, '--percent', '5', '--plan', hash]);
    expect(order.fake.last('startPush').body.plan).toBe(hash);
  });
});

describe('confirming at a terminal', () => {
  const gray = [...set, '--percent', '5'];
  const unprotected = (): void => {
    order.fake.on('listEnvironments', () => ({
      items: [{ name: 'prod', revision: 1, protected: false, approvals: 0, createdAt: at }],
    }));
  };

  it('asks with the number, passes the hash of what was shown, and takes no for no', async () => {
    unprotected();
    const no = await order.sluice(gray, { answers: [''] });
    expect(no).toMatchObject({ code: 1, err: expect.stringContaining('Not confirmed') });
    expect(order.machine.asked).toEqual(['Push this to 2 instances? [y/N] ']);
    expect(order.fake.writes).toEqual([]);
    expect((await order.sluice(gray, { answers: ['y'] })).code).toBe(0);
    expect(order.fake.last('startPush').body.plan).toBe('2'.repeat(64));
  });

  it('asks for the name of the app in a protected environment, and nothing with --yes', async () => {
    expect((await order.sluice(gray, { answers: ['y'] })).code).toBe(1);
    expect((await order.sluice(gray, { answers: ['order-api'] })).code).toBe(0);
    const asked = order.machine.asked.length;
    expect((await order.sluice([...gray, '--yes'], { answers: [] })).code).toBe(0);
    expect(order.machine.asked).toHaveLength(asked);
    expect(order.fake.last('startPush').body.plan).toBeUndefined();
  });

  it('shows who joined and left when the plan moved meanwhile, and asks again', async () => {
    unprotected();
    const plans = [planOf(['i-1', 'i-2']), planOf(['i-2', 'i-3', 'i-4'])];
    order.fake
      .on('previewPush', () => plans.shift()!)
      .on('startPush', ({ body }) => {
        if (body.plan === '3'.repeat(64)) return grayOf('running', { pending: 3 });
        throw new Refused({ status: 412, code: 'plan_moved', message: 'Who would change has moved.' });
      });
    const ran = await order.sluice(gray, { answers: ['y', 'yes'] });
    expect(ran.code).toBe(0);
    expect(ran.err).toContain('Nothing was changed.\n  joined: i-3, i-4\n  left: i-1\n');
    expect(order.machine.asked).toHaveLength(2);
  });
});

describe('--wait', () => {
  const gray = [...set, '--percent', '5', '--wait'];

  it('ends when the step is done and waits for a click, with what comes next', async () => {
    const states = [
      grayOf(
        'running',
        { pending: 1, applied: 1 },
        { waits: ['1 has not applied it', 'somebody has to confirm it'] },
      ),
      grayOf('running', { applied: 2 }, { waits: ['somebody has to confirm it'] }),
    ];
    order.fake.on('getPush', () => states.shift()!);
    const ran = await order.sluice(gray);
    expect(ran.code).toBe(0);
    expect(ran.err).toContain('order, step 1 of 3 (5 %): holding 1/2  pending 1\n');
    expect(ran.err).toContain('Held in step 1 of 3 (5 %): 2 of 2 instances hold the gray value of order');
    expect(ran.err).toContain('Next: sluice push advance order-api g-1 --env prod');
  });

  it.each([
    [3, grayOf('diverged', { applied: 1, rejected: 1 }), 'Next: sluice push repush order-api g-1'],
    [5, grayOf('paused', { applied: 2 }), 'Paused in step 1 of 3'],
    [
      5,
      grayOf('abandoned', { applied: 2 }, { ended: { reason: 'superseded' } }),
      'Abandoned (another push superseded it)',
    ],
    [
      6,
      grayOf(
        'halted',
        { applied: 2 },
        { ended: { reason: 'guardrail', because: { en: 'p99 rose', zh: '-' } } },
      ),
      'Halted (a guardrail: p99 rose)',
    ],
    [6, grayOf('abandoned', { applied: 2 }, { ended: { reason: 'guardrail' } }), 'Abandoned (a guardrail)'],
    [0, grayOf('converged', { applied: 2 }), 'Next: sluice push promote order-api g-1'],
  ])('exits %i, case %#', async (code, push, text) => {
    order.fake.on('getPush', () => push);
    const ran = await order.sluice(gray);
    expect(ran.err).toContain(text);
    expect(ran.code).toBe(code);
    expect(ran.out).toContain('g-1');
  });

  it('exits 7 when the time is up, with what it waits for', async () => {
    order.fake.on('getPush', () =>
      grayOf('running', { applied: 2 }, { waits: ['health is not known', 'somebody has to confirm it'] }),
    );
    const ran = await order.sluice([...gray, '--timeout', '2s']);
    expect(ran).toMatchObject({ code: 7, out: expect.stringContaining('g-1') });
    expect(ran.err).toContain('health is not known');
    expect(ran.err).toContain('Still true: The push goes on.');
  });

  it('has patience for the bake times that it was told', async () => {
    const target = {
      mode: 'gray' as const,
      audience: { by: 'percent' as const, steps: [5, 25, 100] },
      gate: { bakeMs: 600_000, click: false },
    };
    order.fake
      .on('startPush', () => grayOf('running', { applied: 2 }, { target }))
      .on('getPush', () => grayOf('running', { applied: 2 }, { target, waits: ['bake'] }));
    const ran = await order.sluice([...gray, '--timeout', '1s']);
    expect(ran.err).toContain('has no verdict after 1 s');
    expect((await order.sluice(gray)).err).toContain('has no verdict after 1950 s');
  });
});

describe('refusals', () => {
  const refuse = (status: number, code: string, details?: unknown): void => {
    order.fake.on('startPush', () => {
      throw new Refused({ status, code, message: `refused: ${code}`, details });
    });
  };
  const clashes = [{ namespace: 'order', pushId: 'p-7', layerId: 'l', keys: ['timeoutMs'] }];

  it.each<[string, number, unknown, string[], string]>([
    ['gray_conflict', 409, { clashes }, ['--percent', '5'], '"sluice push show order-api p-7 --env prod"'],
    ['gray_conflict', 409, { clashes }, ['--two-phase'], '--grays keep'],
    ['approval_required', 409, {}, ['--percent', '5'], 'Run it again with --propose'],
    ['frozen', 409, {}, ['--percent', '5'], '"sluice push ls order-api --open --env prod"'],
    ['vetoed', 409, { instance: 'i-2' }, ['--two-phase'], '"sluice instances show order-api i-2 --env prod"'],
    ['plan_moved', 412, { joined: ['i-9'], left: [], changed: [] }, ['--percent', '5'], 'joined: i-9'],
    ['plan_moved', 412, {}, ['--percent', '5'], 'Run it again with --dry-run'],
  ])('%s (%i), case %#, says what to type next', async (code, status, details, options, next) => {
    refuse(status, code, details);
    const ran = await order.sluice([...set, ...options]);
    expect(ran).toMatchObject({ code: 5, out: '' });
    expect(ran.err).toContain(`Error: refused: ${code}\n`);
    expect(ran.err).toContain(next);
    expect(ran.err).toContain(`[${code} · request req-1]`);
    const chinese = await order.sluice([...set, ...options, '--lang', 'zh']);
    expect(chinese.err).toContain('建议：');
  });

  it('a base that moved shows all three versions', async () => {
    let reads = 0;
    const theirs = { kind: 'map', items: { timeoutMs: { type: 'number', value: 600 } } } as const;
    order.fake.on('getNamespace', () => ({
      ...namespaceOf('order'),
      ...(reads++ === 0 ? { target: contents.order! } : { revision: 48, target: theirs }),
      schema: null,
      linkers: 0,
    }));
    refuse(412, 'base_moved');
    const ran = await order.sluice([...set, '--percent', '5']);
    expect(ran.code).toBe(5);
    expect(ran.err).toMatch(/order.timeoutMs +800 +500 +600 +<- both changed it/);
  });
});

describe('bad input changes nothing', () => {
  it.each([
    ['--percent', '0'],
    ['--percent', '101'],
    ['--percent', 'NaN'],
    ['--percent', '-5'],
    ['--percent', '0.001'],
    ['--percent', ''],
    ['--steps', ''],
    ['--steps', '5,5'],
    ['--steps', '25,5'],
    ['--steps', '5,,25'],
    ['--steps', '50,101'],
    ['--count', '0'],
    ['--count', '1.5'],
    ['--count', '10001'],
    ['--instances', ''],
    ['--instances', 'i-1,,i-2'],
    ['--instance', ''],
    ['--group', ' '],
    ['--labels', ''],
    ['--labels', 'zone in ()'],
    ['--labels', 'zone in (a'],
    ['--bake', '-1m'],
    ['--expires', '-5m'],
    ['--expires', '0'],
    ['--expires', '8d'],
    ['--expires', '169h'],
    ['--expires', 'soon'],
    ['--expires', '10m'],
    ['--grays', 'end'],
    ['--plan', 'abc'],
    ['--emergency', ''],
    ['--mode', 'some'],
    ['--mode', 'single'],
    ['--mode', 'group'],
    ['--mode', 'global', '--instance', 'i-1'],
    ['--mode', 'single', '--percent', '5'],
    ['--instance', 'i-1', '--group', 'eu'],
    ['--percent', '5', '--count', '2'],
    ['--percent', '5', '--steps', '5,25'],
    ['--labels', 'zone=a', '--among', 'zone=b'],
    ['--percent', '5', '--grays', 'keep'],
  ])('%j %j', async (...options: string[]) => {
    const ran = await order.sluice([...set, ...options]);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err).toContain('[usage]');
    expect(order.fake.asked).toEqual([]);
  });

  it('a group that is not there, with the nearest', async () => {
    const ran = await order.sluice([...set, '--group', 'eau']);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean "eu"?') });
    expect(order.fake.writes).toEqual([]);
  });

  it('an instance that nobody has ever seen, with the nearest, unless it was meant', async () => {
    order.fake.on('previewPush', () => planOf([], { unknown: ['i-3'] }));
    const ran = await order.sluice([...set, '--instance', 'i-3']);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean "i-1"?') });
    expect(ran.err).toContain('--unseen');
    expect(order.fake.writes).toEqual([]);
    const meant = await order.sluice([...set, '--instance', 'i-3', '--unseen']);
    expect(meant).toMatchObject({ code: 0, err: expect.stringContaining('those that come later get it') });
  });

  it('a namespace that is not there yet is no part of a change set', async () => {
    const ran = await order.sluice(['set', 'order-api', 'fresh.a=1', '--create', '--percent', '5']);
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('no namespace "fresh" yet') });
    expect(order.fake.writes).toEqual([]);
  });

  it('what the server finds wrong is said in its words', async () => {
    order.fake.on('previewPush', () => {
      throw new Refused({
        status: 422,
        code: 'invalid',
        message: 'not valid',
        details: { faults: [{ path: 'target.audience.count', message: 'must be at most 10000' }] },
      });
    });
    const ran = await order.sluice([...set, '--count', '2']);
    expect(ran).toMatchObject({
      code: 1,
      err: expect.stringContaining('target.audience.count: must be at most'),
    });
    expect(order.fake.writes).toEqual([]);
  });
});

it('a global push keeps to its plain release, whatever the fleet', async () => {
  order.fake.on('listInstances', () => ({ items: [instanceOf('i-1')] }));
  order.fake.on('getPush', () => pushOf('converged', { applied: 1 }));
  const ran = await order.sluice([...set, '--wait']);
  expect(ran.code).toBe(0);
  expect(order.fake.writes).toEqual(['publish']);
});

function gray(audience: unknown, gate: object = {}) {
  return { mode: 'gray', audience, gate: { bakeMs: 0, click: true, ...gate } };
}
