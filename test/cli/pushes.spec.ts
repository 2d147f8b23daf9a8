import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitText } from '@sluice/core';
import type { Push } from '@sluice/protocol';
import { Refused } from './fake-server.ts';
import { grayOf, planOf, pushOf } from './order-api.ts';
import { type OrderCommand, startOrderCommand } from './order-command.ts';

let order: OrderCommand;
beforeEach(async () => {
  order = await startOrderCommand();
});
afterEach(() => order.fake.stop());

/** Lets the server know this push, and answer every act with `after`. */
function be(push: Push, after: Push = push): void {
  order.fake.on('getPush', () => push);
  for (const id of [
    'advancePush',
    'pausePush',
    'resumePush',
    'promotePush',
    'abandonPush',
    'rollbackPush',
    'repushPush',
    'approvePush',
    'startProposedPush',
  ] as const)
    order.fake.on(id, () => after);
}

const click = waitText({ for: 'click' }).en;
const held = grayOf('running', { applied: 2 }, { waits: [click] });

describe('looking at pushes', () => {
  it('watch finds a push by its id alone and ends with the verdict', async () => {
    const ran = await order.sluice(['push', 'watch', 'p-1', '-o', 'ndjson']);
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.out)).toMatchObject({ id: 'p-1', state: 'converged' });
  });

  it('watch gives every change as a line, to the end', async () => {
    const states = [
      grayOf('running', { pending: 2 }),
      grayOf('running', { applied: 2 }),
      grayOf('converged', { applied: 2 }),
    ];
    order.fake.on('getPush', () => states.shift()!);
    const ran = await order.sluice(['push', 'watch', 'g-1', '-o', 'ndjson']);
    const told = ran.out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as Push).verdict.holding);
    expect(told).toEqual([0, 2, 2]);
  });

  it('watch stops at Ctrl+C without undoing anything', async () => {
    order.fake.on('getPush', () => pushOf('running', { pending: 2 }));
    const ran = await order.sluice(['push', 'watch', 'p-1'], { onSleep: (interrupt) => interrupt() });
    expect(ran).toMatchObject({ code: 130, err: expect.stringContaining('Stopped waiting for push p-1') });
    expect(order.fake.writes).toEqual([]);
  });

  it('watch follows a proposal until others have started and proven it', async () => {
    const states = [grayOf('planned', {}), grayOf('planned', {}), grayOf('running', { pending: 2 }), held];
    order.fake.on('getPush', () => states.shift()!);
    expect(await order.sluice(['push', 'watch', 'g-1'])).toMatchObject({
      code: 0,
      err: expect.stringContaining('Held in step 1 of 3'),
    });
  });

  it('show tells where it is, to whom it goes and every target', async () => {
    be(
      grayOf(
        'running',
        { applied: 1, pending: 1 },
        {
          waits: ['1 reachable instance has not applied it', 'somebody has to confirm it'],
          expiresAt: '2026-01-02T04:00:00.000Z',
          approval: { needed: 1, given: [{ by: 'wang', at: '2026-01-02T03:00:00.000Z' }] },
          message: 'INC-12',
        },
      ),
    );
    const { out } = await order.sluice(['push', 'show', 'order-api', 'g-1']);
    expect(out).toMatch(/keys +order.timeoutMs\n/);
    expect(out).toMatch(/to +gray: 5 %, then 25 %, then 100 %\n/);
    expect(out).toMatch(/state +running, step 1 of 3 \(5 %\)\n/);
    expect(out).toMatch(/waits for +1 reachable instance has not applied it\n/);
    expect(out).toMatch(/approvals +1\/1 \(wang\)\n/);
    expect(out).toMatch(/INSTANCE +STATE +MS +DIGEST +ERROR/);
    expect(out).toMatch(/i-2 +applied +15 +a{12}/);
  });

  it('plan shows whom it changes', async () => {
    be(held);
    const { out } = await order.sluice(['push', 'plan', 'order-api', 'g-1']);
    expect(out).toMatch(/i-1 +online +order.timeoutMs +800 +500 +zone=a/);
  });

  it('ls lists pushes, all or those that are open', async () => {
    order.fake.on('listPushes', () => ({ items: [pushOf('converged', { applied: 2 }), held] }));
    const { out } = await order.sluice(['push', 'ls']);
    expect(out).toMatch(/p-1 +order-api +order 8 +global +converged +2\/2 +li/);
    expect(out).toMatch(/g-1 +order-api +order +gray +running, step 1 of 3 \(5 %\) +2\/2/);
    await order.sluice(['push', 'ls', 'order-api', '--open', '--namespace', 'order']);
    expect(order.fake.last('listPushes').query).toMatchObject({ state: 'open', namespace: 'order' });
    await order.sluice(['push', 'ls', 'order-api', '--in-force']);
    expect(order.fake.last('listPushes').query).toMatchObject({ state: 'inForce' });
    expect((await order.sluice(['push', 'ls', '--open', '--in-force'])).code).toBe(2);
  });

  it('ls leaves out the apps that may not be seen in the environment, and says so where none may', async () => {
    const createdAt = '2026-01-02T03:00:00.000Z';
    const apps = ['order-api', 'pay-api'].map((name) => ({ name, title: '', owner: '', createdAt }));
    order.fake.on('listApps', () => ({ items: apps }));
    let refused = ['pay-api'];
    order.fake.on('listPushes', ({ params }) => {
      if (refused.includes(params.app!))
        throw new Refused({ status: 403, code: 'forbidden', message: 'You may not.' });
      return { items: [held] };
    });
    expect(await order.sluice(['push', 'ls'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('g-1'),
    });
    expect((await order.sluice(['push', 'ls', 'pay-api'])).code).toBe(4);
    refused = ['order-api', 'pay-api'];
    expect((await order.sluice(['push', 'ls'])).code).toBe(4);
  });

  it('shows the first letters of ids, as many as it takes, and takes them wherever a push is named', async () => {
    const ids = [
      '0c1f52ab-7c11-4d1e-9d0a-000000000001',
      '0c1f52ab-7c22-4d1e-9d0a-000000000002',
      '77aa01bc-1',
    ];
    const all = ids.map((id) => pushOf('converged', { applied: 2 }, { id }));
    order.fake.on('listPushes', ({ query }) => ({
      items: all.filter((each) => each.id.startsWith(`${query.id ?? ''}`)),
    }));
    order.fake.on('getPush', ({ params }) => all.find((each) => each.id === params.push)!);
    const { out } = await order.sluice(['push', 'ls']);
    expect(out.match(/^\w{8}(-\S+)?/gm)).toEqual(['0c1f52ab-7c1', '0c1f52ab-7c2', '77aa01bc']);
    for (const words of [['77aa01bc'], ['order-api', '77aa01'], ['77AA01…']])
      expect((await order.sluice(['push', 'show', ...words])).out).toContain('77aa01bc-1');
    const several = await order.sluice(['push', 'abandon', '0c1f52ab', '--yes']);
    expect(several).toMatchObject({
      code: 2,
      err: expect.stringContaining('Several pushes begin with "0c1f52ab"'),
    });
    for (const id of ids.slice(0, 2)) expect(several.err).toContain(`  ${id}  order-api  order`);
    expect((await order.sluice(['push', 'show', '0c1f'])).err).toContain('at least 6 letters');
    order.fake.on('getPush', () => {
      throw new Refused({ status: 403, code: 'forbidden', message: 'You may not.' });
    });
    expect((await order.sluice(['push', 'show', 'order-api', 'g-1'])).code).toBe(4);
    expect(await order.sluice(['push', 'show', 'abcdef'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('There is no push "abcdef"'),
    });
    expect(order.fake.writes).toEqual([]);
  });

  it('says when there is no such push', async () => {
    order.fake.on('getPush', () => {
      throw new Refused({ status: 404, code: 'not_found', message: 'There is none.' });
    });
    const ran = await order.sluice(['push', 'advance', 'order-api', 'g-9']);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('There is no push "g-9"') });
  });
});

describe('moving a push', () => {
  it('advance says the step that it was in, so that two clicks are one', async () => {
    be(held, grayOf('running', { applied: 2, pending: 8 }, { index: 1 }));
    const ran = await order.sluice(['push', 'advance', 'order-api', 'g-1', '-m', 'looks good']);
    expect(ran.code).toBe(0);
    expect(order.fake.last('advancePush').body).toEqual({ step: 0, message: 'looks good' });
    expect(ran.err).toContain('g-1 goes on: step 2 of 3 (25 %).');
    expect(ran.out).toMatch(/g-1 +gray +running +step 2 of 3/);
    const late = await order.sluice(['push', 'advance', 'g-1', '--from', '2']);
    expect(late).toMatchObject({
      code: 5,
      err: expect.stringContaining('is in step 1 of 3 (5 %), not in step 2'),
    });
    expect(order.fake.writes).toEqual(['advancePush']);
  });

  it('advance on a step that is not over is kept, and says what it waits for', async () => {
    const clicked = grayOf('running', { applied: 1, pending: 1 }, { waits: ['1 has not applied it'] });
    be(grayOf('running', { applied: 1, pending: 1 }, { waits: ['1 has not applied it', 'click'] }), clicked);
    const ran = await order.sluice(['push', 'advance', 'g-1']);
    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining('confirmed in step 1 of 3') });
    expect(ran.err).toContain('  1 has not applied it\n');
    const states = [clicked, clicked, grayOf('running', { applied: 2 }, { index: 1, waits: [click] })];
    order.fake.on('getPush', () => states.shift()!);
    const waited = await order.sluice(['push', 'advance', 'g-1', '--wait']);
    expect(waited).toMatchObject({ code: 0, err: expect.stringContaining('Held in step 2 of 3 (25 %)') });
  });

  it('advance tells in the words of the server why a step is not over', async () => {
    be(held);
    order.fake.on('advancePush', () => {
      throw new Refused({
        status: 409,
        code: 'wrong_state',
        message: 'this step is not over: 1 has not applied it',
      });
    });
    const ran = await order.sluice(['push', 'advance', 'g-1']);
    expect(ran).toMatchObject({ code: 5, err: expect.stringContaining('this step is not over') });
    expect(ran.err).toContain('"sluice push show order-api g-1 --env prod"');
  });

  it.each([
    ['pause', 'pausePush', 'g-1 is paused'],
    ['resume', 'resumePush', 'g-1 goes on'],
    ['repush', 'repushPush', 'g-1 is sent again'],
    ['abandon', 'abandonPush', 'g-1 is abandoned'],
  ] as const)('%s does what it says', async (act, id, text) => {
    be(held);
    const ran = await order.sluice(['push', act, 'order-api', 'g-1', '-m', 'why']);
    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining(text) });
    expect(order.fake.last(id)).toMatchObject({ params: { push: 'g-1' }, body: { message: 'why' } });
    expect(JSON.parse((await order.sluice(['push', act, 'g-1', '-o', 'json'])).out)).toMatchObject({
      id: 'g-1',
    });
  });

  it('abandon waits until those who had it are proven to have what they held before', async () => {
    const ended = { ended: { reason: 'asked' as const } };
    be(held, grayOf('abandoned', { pending: 2 }, ended));
    const states = [
      held,
      grayOf('abandoned', { applied: 1, pending: 1 }, ended),
      grayOf('abandoned', { applied: 2 }, ended),
    ];
    order.fake.on('getPush', () => states.shift()!);
    const ran = await order.sluice(['push', 'abandon', 'g-1', '--wait']);
    expect(ran.code).toBe(0);
    expect(ran.err).toContain(
      'Abandoned (somebody asked for it): 2 of 2 instances hold what they held of order before',
    );
    const half = [held, grayOf('abandoned', { applied: 1, timeout: 1 }, ended)];
    order.fake.on('getPush', () => half.shift()!);
    expect((await order.sluice(['push', 'abandon', 'g-1', '--wait'])).code).toBe(3);
  });

  it('rollback of a global push follows the push that undoes it', async () => {
    const undo = pushOf('running', { pending: 2 }, { id: 'p-2', of: 'p-1' });
    be(pushOf('converged', { applied: 2 }), undo);
    order.fake.on('getPush', ({ params }) =>
      params.push === 'p-2'
        ? pushOf('converged', { applied: 2 }, { id: 'p-2' })
        : pushOf('converged', { applied: 2 }),
    );
    const ran = await order.sluice(['push', 'rollback', 'p-1', '--wait']);
    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining('p-1 is undone by p-2') });
    expect(ran.err).toContain('Converged: 2 of 2');
  });

  it.each([
    ['advance', 'Go on to 2 more instances?', { act: 'advance', step: 0 }],
    ['abandon', 'Take it back from 2 instances?', { act: 'abandon' }],
    ['rollback', 'Undo it on 2 instances?', { act: 'rollback' }],
    ['promote', 'Promote to 2 more instances?', { act: 'promote', groupsWin: false }],
  ] as const)(
    '%s names exactly who changes before it asks, and does it to no others',
    async (act, question, asked) => {
      be(held);
      const ran = await order.sluice(['push', act, 'g-1'], { answers: ['order-api'] });
      expect(ran).toMatchObject({ code: 0, err: expect.stringContaining('  i-3, i-4\n') });
      expect(order.machine.asked).toEqual([expect.stringContaining(question)]);
      expect(order.fake.last('previewPushAct').body).toEqual(asked);
      expect(order.fake.last(`${act}Push`).body).toMatchObject({ plan: '2'.repeat(64) });
      const dry = await order.sluice(['push', act, 'g-1', '--dry-run']);
      expect(dry).toMatchObject({ code: 0, err: expect.stringContaining(`--plan ${'2'.repeat(64)}`) });
      expect(dry.out).toMatch(/i-3 +online +order.timeoutMs +800 +500/);
      expect(order.fake.writes).toEqual([`${act}Push`]);
      await order.sluice(['push', act, 'g-1', '--plan', 'c'.repeat(64)]);
      expect(order.fake.last(`${act}Push`).body).toMatchObject({ plan: 'c'.repeat(64) });
    },
  );

  it('asks again when others would change than those who were named', async () => {
    be(held);
    const plans = [planOf(['i-3', 'i-4']), planOf(['i-3', 'i-4', 'i-5'])];
    order.fake.on('previewPushAct', () => plans.shift()!);
    order.fake.on('promotePush', ({ body }) => {
      if ((body as { plan: string }).plan === '3'.repeat(64)) return held;
      throw new Refused({ status: 412, code: 'plan_moved', message: 'Who would change has moved.' });
    });
    const ran = await order.sluice(['push', 'promote', 'g-1'], { answers: ['order-api', 'order-api'] });
    expect(ran).toMatchObject({ code: 0, err: expect.stringContaining('joined: i-5') });
  });

  it('asks for the name of the app before what changes much, at a terminal only', async () => {
    be(held);
    for (const act of ['advance', 'promote', 'abandon', 'rollback']) {
      expect((await order.sluice(['push', act, 'g-1'], { answers: ['no'] })).code).toBe(1);
      expect(order.fake.writes).toEqual([]);
    }
    expect((await order.sluice(['push', 'abandon', 'g-1'], { answers: ['order-api'] })).code).toBe(0);
    expect((await order.sluice(['push', 'pause', 'g-1'], { answers: [] })).code).toBe(0);
  });
});

describe('promote', () => {
  const two = grayOf(
    'converged',
    { applied: 2 },
    {
      namespaces: [
        { name: 'order', keys: ['timeoutMs', 'retries'] },
        { name: 'order.eu', keys: ['rate', 'retries'] },
      ],
    },
  );

  it('makes it the value of everyone', async () => {
    be(two, grayOf('promoting', { applied: 2 }));
    order.fake.on('getPush', () => grayOf('promoted', { applied: 2 }));
    const ran = await order.sluice(['push', 'promote', 'g-1', '--wait', '-m', 'good']);
    expect(ran).toMatchObject({
      code: 0,
      err: expect.stringContaining('Promoted: 2 of 2 instances hold order'),
    });
    expect(order.fake.last('promotePush').body).toEqual({ groupsWin: false, message: 'good' });
  });

  it('shows conflicts key by key, with the command that settles them', async () => {
    be(two);
    order.fake.on('promotePush', () => {
      throw new Refused({
        status: 409,
        code: 'merge_conflict',
        message: 'Since this gray began, timeoutMs of order was changed for everyone.',
        details: {
          conflicts: [
            {
              namespace: 'order',
              key: 'timeoutMs',
              base: { type: 'number', value: 800 },
              yours: { type: 'number', value: 500 },
              theirs: { type: 'number', value: 600 },
              conflict: true,
            },
          ],
        },
      });
    });
    const ran = await order.sluice(['push', 'promote', 'g-1']);
    expect(ran).toMatchObject({ code: 5, out: '' });
    expect(ran.err).toMatch(/KEY +WHEN IT BEGAN +GRAY +GLOBAL NOW\n +order.timeoutMs +800 +500 +600/);
    expect(ran.err).toContain('"sluice push promote order-api g-1 --env prod --keep-gray order.timeoutMs"');
  });

  it('sends the choices by namespace and key', async () => {
    be(two);
    const choose = ['--keep-gray', 'order.timeoutMs,rate', '--keep-global', 'order.retries', '--groups-win'];
    expect((await order.sluice(['push', 'promote', 'g-1', ...choose])).code).toBe(0);
    expect(order.fake.last('promotePush').body).toMatchObject({
      choices: { order: { timeoutMs: 'gray', retries: 'global' }, 'order.eu': { rate: 'gray' } },
      groupsWin: true,
    });
  });

  it.each([
    [['--keep-gray', 'retries'], 'is a key of several namespaces'],
    [['--keep-gray', 'nope'], 'has no key "nope"'],
    [['--keep-gray', 'rate', '--keep-global', 'order.eu.rate'], 'cannot keep both values'],
    [['--keep-gray', ''], '--keep-gray cannot be ""'],
  ])('refuses %j', async (options, text) => {
    be(two);
    const ran = await order.sluice(['push', 'promote', 'g-1', ...options]);
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining(text) });
    expect(order.fake.writes).toEqual([]);
  });

  it('says what to type when a group stands in the way', async () => {
    be(two);
    order.fake.on('promotePush', () => {
      throw new Refused({
        status: 409,
        code: 'wrong_state',
        message: 'A group wins.',
        details: { reason: 'group_wins' },
      });
    });
    expect((await order.sluice(['push', 'promote', 'g-1'])).err).toContain('--groups-win');
  });
});

describe('proposals', () => {
  const proposed = grayOf('planned', {}, { approval: { needed: 1, given: [] } });
  const approved = grayOf(
    'planned',
    {},
    {
      approval: { needed: 1, given: [{ by: 'wang', at: '2026-01-02T03:00:00.000Z' }] },
    },
  );

  it('are approved by the plan that was shown', async () => {
    be(proposed, approved);
    const ran = await order.sluice(['push', 'approve', 'g-1', '-m', 'fine'], { answers: ['order-api'] });
    expect(ran.code).toBe(0);
    expect(ran.err).toContain('order (gray: 5 %, then 25 %, then 100 %)\n  i-1, i-2\n');
    expect(ran.err).toContain('Approved: 1 of 1. Start it with: sluice push start order-api g-1');
    expect(order.fake.last('approvePush').body).toEqual({ plan: '2'.repeat(64), message: 'fine' });
  });

  it('are started by the plan, or in an emergency for a reason', async () => {
    be(approved, grayOf('running', { pending: 2 }));
    expect((await order.sluice(['push', 'start', 'g-1'])).code).toBe(0);
    expect(order.fake.last('startProposedPush').body).toEqual({ plan: '2'.repeat(64) });
    await order.sluice(['push', 'start', 'g-1', '--emergency', 'INC-12', '--plan', 'c'.repeat(64)]);
    expect(order.fake.last('startProposedPush').body).toEqual({ plan: 'c'.repeat(64), emergency: 'INC-12' });
  });

  it('that lack approvals say whom to ask', async () => {
    be(proposed);
    order.fake.on('startProposedPush', () => {
      throw new Refused({ status: 409, code: 'approval_required', message: '1 must approve first.' });
    });
    const ran = await order.sluice(['push', 'start', 'g-1']);
    expect(ran).toMatchObject({
      code: 5,
      err: expect.stringContaining('"sluice push approve order-api g-1 --env prod"'),
    });
  });

  it('whose plan moved are conflicts where nobody can be asked', async () => {
    be(proposed);
    order.fake.on('getPushPlan', () => planOf(['i-1']));
    order.fake.on('approvePush', () => {
      throw new Refused({
        status: 412,
        code: 'plan_moved',
        message: 'It moved.',
        details: { left: ['i-2'] },
      });
    });
    const ran = await order.sluice(['push', 'approve', 'g-1']);
    expect(ran).toMatchObject({ code: 5, err: expect.stringContaining('left: i-2') });
    expect(ran.err).toContain('"sluice push plan order-api g-1 --env prod"');
  });
});

it('speaks Chinese', async () => {
  be(held);
  const { out, err } = await order.sluice(['push', 'show', 'g-1', '--lang', 'zh']);
  expect(err).toContain('停在第 1/3 步 (5 %)：2 个实例中有 2 个持有 order 的灰度值');
  expect(out).toMatch(/范围 +灰度：5 %，再 25 %，再 100 %/);
  expect((await order.sluice(['push', '--help', '--lang', 'zh'])).out).toContain('将灰度值设为所有实例的值');
});
