import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSluice, num, type Sluice } from '@sluice/client';
import { contracts, type Push } from '@sluice/protocol';
import { adminName, adminPassword, type BootedApp, bootApp } from '../support/boot-app.ts';
import { type MachineOptions, MemoryMachine, type Ran } from './memory-machine.ts';

let app: BootedApp;
let instances: Sluice[];
let configs: { readonly timeoutMs: number; readonly retries: number }[];
const machine = new MemoryMachine();

const sluice = (argv: readonly string[], options: MachineOptions = {}): Promise<Ran> =>
  machine.run(argv, { realTime: true, ...options, env: { SLUICE_ENV: 'prod', ...options.env } });

/** Runs it and gives its output; anything but success fails the test with what it said. */
async function out(argv: readonly string[], options?: MachineOptions): Promise<string> {
  const ran = await sluice(argv, options);
  if (ran.code !== 0) throw new Error(`exit ${ran.code}: ${ran.err}`);
  return ran.out;
}

/** Pushes, waits for the verdict or the held step, and gives the push. */
async function pushed(...argv: string[]): Promise<Push> {
  const told = JSON.parse(await out([...argv, '--wait', '-o', 'json'])) as { push: Push };
  return told.push;
}

const set = ['set', 'order-api', 'order.timeoutMs=500'];
const timeouts = (): number[] => configs.map((config) => config.timeoutMs);

beforeAll(async () => {
  app = await bootApp();
  await app.admin.call(contracts.createApp, { body: { name: 'order-api' } });
  await out(['login', '--server', app.url, '--user', adminName, '--password-stdin'], {
    stdin: adminPassword,
  });
  await out(['set', 'order-api', 'order.timeoutMs=800', 'order.retries=1', '--create']);
  await out(['set', 'order-api', 'stock.limit=10', '--create']);
  const token = (await out(['token', 'create', '--app', 'order-api', '--name', 'processes'])).trim();
  instances = ['i-1', 'i-2', 'i-3'].map((instanceId, index) =>
    createSluice({
      server: app.url,
      token,
      instanceId,
      labels: { zone: index < 2 ? 'a' : 'b' },
      cacheDir: false,
      logger: false,
    }),
  );
  configs = instances.map((each) =>
    each.config('order', { timeoutMs: num(1, { max: 5000 }), retries: num(0) }),
  );
  for (const each of instances) each.config('stock', { limit: num(0) });
  for (const each of instances) expect(await each.ready({ timeoutMs: 10_000 })).toBe('live');
});

afterAll(async () => {
  for (const each of instances ?? []) await each.close();
  await app?.close();
});

describe('a single instance', () => {
  it('gets what the dry run said, alone, for a time, and gives it back', async () => {
    const dry = JSON.parse(await out([...set, '--instance', 'i-2', '--dry-run', '-o', 'json']));
    expect(dry.plan.targets).toMatchObject([
      { instanceId: 'i-2', changes: [{ namespace: 'order', key: 'timeoutMs' }] },
    ]);
    expect(timeouts()).toEqual([800, 800, 800]);
    const push = await pushed(...set, '--instance', 'i-2', '--expires', '10m', '--plan', dry.plan.hash);
    expect(push).toMatchObject({ mode: 'single', state: 'converged', verdict: { holding: 1, targets: 1 } });
    expect(timeouts()).toEqual([800, 500, 800]);

    const why = await out(['get', 'order-api', 'order.timeoutMs', '--instance', 'i-2', '--why']);
    expect(why).toMatch(new RegExp(`instance +\\* +500 +- +${push.id} +\\d{4}-`));
    expect(why).toMatch(/global +800 +1/);
    expect(await out(['get', 'order-api', 'order.timeoutMs', '--distribution'])).toMatch(
      /800 +2\/3 +yes +i-1, i-3\n500 +1\/3 +no +i-2/,
    );
    expect(await out(['get', 'order-api', 'order', '--instance', 'i-2'])).toMatch(/timeoutMs +500/);
    expect(await out(['push', 'plan', push.id])).toMatch(/i-2 +online +order.timeoutMs +800 +500/);
    const short = push.id.slice(0, 8);
    expect(await out(['push', 'ls', 'order-api', '--namespace', 'order'])).toContain(`${short} `);
    expect(await out(['push', 'ls', '--in-force'])).toContain(`${short} `);
    expect(await out(['push', 'abandon', short, '--dry-run'])).toMatch(
      /i-2 +online +order.timeoutMs +500 +800/,
    );

    const ended = await sluice(['push', 'abandon', short, '-m', 'seen', '--wait']);
    expect(ended).toMatchObject({
      code: 0,
      err: expect.stringContaining('Abandoned (somebody asked for it): 1 of 1'),
    });
    expect(timeouts()).toEqual([800, 800, 800]);
    expect((await sluice(['push', 'watch', push.id])).code).toBe(5);
  });
});

describe('a gray', () => {
  it('grows step by step and becomes the value of everyone', async () => {
    const first = await sluice([
      ...set,
      '--steps',
      '33,66',
      '--no-health',
      '-m',
      'INC-12',
      '--wait',
      '-o',
      'json',
    ]);
    expect(first).toMatchObject({
      code: 0,
      err: expect.stringContaining('Held in step 1 of 2 (33 %): 1 of 1'),
    });
    const { push } = JSON.parse(first.out) as { push: Push };
    expect(timeouts().filter((value) => value === 500)).toHaveLength(1);

    const clash = await sluice(['set', 'order-api', 'order.timeoutMs=400', '--percent', '50']);
    expect(clash).toMatchObject({ code: 5, err: expect.stringContaining(push.id) });
    expect(clash.err).toContain(`"sluice push show order-api ${push.id} --env prod"`);

    const second = await sluice(['push', 'advance', push.id, '--from', '1', '--wait']);
    expect(second).toMatchObject({
      code: 0,
      err: expect.stringContaining('Held in step 2 of 2 (66 %): 2 of 2'),
    });
    expect((await sluice(['push', 'advance', push.id, '--from', '1'])).code).toBe(5);
    expect(timeouts().filter((value) => value === 500)).toHaveLength(2);

    expect(await out(['push', 'pause', push.id])).toContain('paused');
    expect((await sluice(['push', 'watch', push.id])).code).toBe(5);
    expect(await out(['push', 'resume', push.id])).toContain('running');

    const done = await sluice(['push', 'promote', push.id, '-m', 'good', '--wait']);
    expect(done).toMatchObject({ code: 0, err: expect.stringContaining('Promoted: ') });
    expect(timeouts()).toEqual([500, 500, 500]);
    expect(await out(['get', 'order-api', 'order.timeoutMs'])).toBe('500\n');
    await out(['set', 'order-api', 'order.timeoutMs=800', '--wait']);
  });

  it('that goes on by itself reaches its verdict', async () => {
    const push = await pushed(...set, '--labels', 'zone=a', '--auto', '--no-health');
    expect(push).toMatchObject({ state: 'converged', verdict: { holding: 2, targets: 2 } });
    expect(timeouts()).toEqual([500, 500, 800]);
    await out(['push', 'abandon', push.id, '--wait']);
    expect(timeouts()).toEqual([800, 800, 800]);
  });

  it('whose key everyone got otherwise meanwhile is settled key by key', async () => {
    const push = await pushed(...set, '--instances', 'i-1', '--auto', '--no-health');
    const asked = await sluice(['set', 'order-api', 'order.timeoutMs=600', '--two-phase']);
    expect(asked).toMatchObject({ code: 5, err: expect.stringContaining('--grays keep') });
    await out(['set', 'order-api', 'order.timeoutMs=600', '--grays', 'keep', '--wait']);
    expect(timeouts()).toEqual([500, 600, 600]);
    const conflict = await sluice(['push', 'promote', push.id]);
    expect(conflict.code).toBe(5);
    expect(conflict.err).toMatch(/order.timeoutMs +800 +500 +600/);
    await out(['push', 'promote', push.id, '--keep-gray', 'order.timeoutMs', '--wait']);
    expect(timeouts()).toEqual([500, 500, 500]);
    await out(['set', 'order-api', 'order.timeoutMs=800', '--wait']);
  });

  it('that a member refuses ends in 3, with its words', async () => {
    const ran = await sluice(['set', 'order-api', 'order.timeoutMs=9000', '--instance', 'i-3', '--wait']);
    expect(ran.code).toBe(3);
    expect(ran.err).toMatch(/ {2}i-3: rejected \(/);
    expect(timeouts()).toEqual([800, 800, 800]);
    const id = /([0-9a-f-]{36})/.exec(ran.out)![1]!;
    await out(['push', 'abandon', id, '--wait']);
  });
});

describe('two phases', () => {
  it('let one veto keep everybody as he is', async () => {
    const ran = await sluice(['set', 'order-api', 'order.timeoutMs=9000', '--two-phase', '--wait']);
    expect(ran).toMatchObject({ code: 5, out: '', err: expect.stringContaining('[vetoed') });
    expect(ran.err).toContain('run it again without --two-phase');
    expect(timeouts()).toEqual([800, 800, 800]);
    expect(await out(['get', 'order-api', 'order.timeoutMs'])).toBe('800\n');
    expect(await pushed(...set, '--two-phase')).toMatchObject({ twoPhase: true, state: 'converged' });
    await out(['set', 'order-api', 'order.timeoutMs=800', '--wait']);
  });
});

describe('a group', () => {
  it('is named, gets its value, and stays as long as it has one', async () => {
    await out(['groups', 'create', 'order-api', 'zone-a', '--labels', 'zone in (a)']);
    const push = await pushed(...set, '--group', 'zone-a');
    expect(push).toMatchObject({ mode: 'group', state: 'converged', verdict: { holding: 2, targets: 2 } });
    expect(timeouts()).toEqual([500, 500, 800]);
    expect(await out(['groups', 'ls', 'order-api'])).toMatch(/zone-a +zone=a +0 +2 +order/);
    expect(await out(['groups', 'show', 'order-api', 'zone-a'])).toMatch(/i-1 +online\ni-2 +online/);
    expect(await out(['get', 'order-api', 'order.timeoutMs', '--instance', 'i-1', '--why'])).toMatch(
      /group zone-a +\* +500/,
    );
    expect((await sluice(['groups', 'delete', 'order-api', 'zone-a'])).code).toBe(5);
    await out(['push', 'abandon', push.id, '--wait']);
    await out(['groups', 'delete', 'order-api', 'zone-a']);
    const gone = await sluice([...set, '--group', 'zone-a']);
    expect(gone).toMatchObject({ code: 1, err: expect.stringContaining('There is no group "zone-a"') });
  });
});

describe('a protected environment', () => {
  it('takes a push when somebody else has approved exactly that, or for a reason', async () => {
    const params = { env: 'prod' };
    await app.admin.call(contracts.changeEnvironment, { params, body: { approvals: 1 } });
    const alone = await sluice([...set, '--instances', 'i-1,i-2']);
    expect(alone).toMatchObject({ code: 5, err: expect.stringContaining('Run it again with --propose') });

    const push = JSON.parse(
      await out([...set, '--instances', 'i-1,i-2', '--no-health', '--propose', '-o', 'json']),
    ).push as Push;
    expect(push).toMatchObject({ state: 'planned', approval: { needed: 1, given: [] } });
    expect(await out(['push', 'plan', push.id])).toMatch(/i-1 +online +order.timeoutMs +800 +500/);
    const early = await sluice(['push', 'start', push.id]);
    expect(early.code).toBe(5);
    expect(early.err).toContain('Environment prod asks for approvals by others first: 0 of 1 given.');
    expect(early.err).toContain(`"sluice push approve order-api ${push.id} --env prod"`);
    expect(early.err).toContain(`"sluice push start order-api ${push.id} --emergency <why> --env prod"`);
    expect((await sluice(['push', 'approve', push.id])).code).toBe(5); // one's own

    await app.admin.call(contracts.createUser, {
      body: {
        name: 'wang',
        password: 'another long one',
        grants: [{ role: 'admin', environment: '*', app: '*' }],
      },
    });
    const wang = new MemoryMachine();
    await wang.run(['login', '--server', app.url, '--user', 'wang', '--password-stdin'], {
      stdin: 'another long one',
    });
    const env = { SLUICE_ENV: 'prod' };
    const approved = await wang.run(['push', 'approve', 'order-api', push.id, '-m', 'fine'], { env });
    expect(approved).toMatchObject({ code: 0, err: expect.stringContaining('Approved: 1 of 1.') });

    const started = await sluice(['push', 'start', push.id, '--wait']);
    expect(started).toMatchObject({ code: 0, err: expect.stringContaining('Held in step 1 of 1: 2 of 2') });
    expect(timeouts()).toEqual([500, 500, 800]);
    await out(['push', 'abandon', push.id, '--wait']);

    const other = JSON.parse(await out([...set, '--instance', 'i-3', '--propose', '-o', 'json']))
      .push as Push;
    const rejected = await sluice(['push', 'abandon', other.id]);
    expect(rejected).toMatchObject({
      code: 0,
      err: expect.stringContaining(`${other.id} is rejected: nothing`),
    });
    expect(rejected.err).not.toMatch(/Under way|go back/);

    const emergency = await pushed(...set, '--instance', 'i-3', '--emergency', 'INC-13');
    expect(emergency).toMatchObject({ state: 'converged', emergency: 'INC-13' });
    await out(['push', 'abandon', emergency.id, '--wait']);
    await app.admin.call(contracts.changeEnvironment, { params, body: { approvals: 0 } });
  });

  it('that is frozen takes nothing new, and lets what runs be ended', async () => {
    const push = await pushed(...set, '--instance', 'i-3');
    const freeze = (freezePublishes: boolean) =>
      app.admin.call(contracts.setKill, {
        params: { env: 'prod' },
        body: { freezePublishes, reason: 'INC-14' },
      });
    await freeze(true);
    for (const argv of [set, [...set, '--instance', 'i-1'], ['rollback', 'order-api', 'order']]) {
      const ran = await sluice(argv);
      expect(ran).toMatchObject({ code: 5, err: expect.stringContaining('INC-14') });
      expect(ran.err).toContain('"sluice push ls order-api --open --env prod"');
    }
    await out(['push', 'abandon', push.id, '--wait']);
    expect(timeouts()).toEqual([800, 800, 800]);
    const { live } = await app.admin.call(contracts.getNamespace, {
      params: { env: 'prod', app: 'order-api', ns: 'order' },
    });
    await out(['rollback', 'order-api', 'order', '--emergency', 'INC-14: it has to go', '--wait']);
    expect(timeouts()).toEqual([500, 500, 500]);
    await out([
      'rollback',
      'order-api',
      'order',
      '--to',
      `${live!.number}`,
      '--emergency',
      'and back',
      '--wait',
    ]);
    await freeze(false);
  });
});

describe('several namespaces', () => {
  it('are one revision, for everyone and undone as one', async () => {
    const push = await pushed('set', 'order-api', 'order.retries=3', 'stock.limit=20');
    expect(push).toMatchObject({ mode: 'global', state: 'converged', verdict: { holding: 3, targets: 3 } });
    expect(push.namespaces.map((n) => n.name).sort()).toEqual(['order', 'stock']);
    expect(configs.map((config) => config.retries)).toEqual([3, 3, 3]);
    const undone = await sluice(['push', 'rollback', push.id, '--wait']);
    expect(undone).toMatchObject({ code: 0, err: expect.stringContaining(`${push.id} is undone by `) });
    expect(configs.map((config) => config.retries)).toEqual([1, 1, 1]);
    expect(await out(['get', 'order-api', 'stock.limit'])).toBe('10\n');
  });
});

describe('instances', () => {
  it('are probed, remembered, and judged by whether they would come back', async () => {
    expect(await out(['instances', 'probe', 'order-api', 'i-1'])).toMatch(/order +[0-9a-f]{12} +=/);
    const past = await out(['instances', 'timeline', 'order-api', 'i-1', '-o', 'json']);
    expect(JSON.parse(past)).toMatchObject({ instance: 'i-1', items: expect.any(Array) });
    const ran = await sluice(['instances', 'survivability', 'order-api']);
    expect(ran).toMatchObject({ code: 1, out: expect.stringContaining('its disk cache is off') });
    expect(ran.err).toBe('0 of 3 online instances would come back with their values.\n');
  });
});

describe('bad input', () => {
  it('changes nothing, whoever notices it', async () => {
    const ids = async (): Promise<string[]> =>
      (JSON.parse(await out(['push', 'ls', 'order-api', '-o', 'json'])) as Push[]).map((push) => push.id);
    const before = await ids();
    expect((await sluice([...set, '--instance', 'i-9'])).code).toBe(1);
    expect((await sluice([...set, '--percent', '101'])).code).toBe(2);
    expect((await sluice([...set, '--instance', 'i-1', '--expires', '8d'])).code).toBe(2);
    expect((await sluice([...set, '--instance', 'i-1', '--bake', '1m'])).code).toBe(2);
    expect((await sluice([...set, '--instance', 'i-1', '--plan', 'a'.repeat(64)])).code).toBe(5);
    expect((await sluice([...set, '--percent', '5', '--bake', '200h'])).code).toBe(1);
    expect(await ids()).toEqual(before);
    expect(timeouts()).toEqual([800, 800, 800]);
  });
});
