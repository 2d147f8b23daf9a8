import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BlockedError, createSluice, type Sluice } from '@sluice/client';
import { contracts } from '@sluice/protocol';
import { adminName, adminPassword, type BootedApp, bootApp } from '../support/boot-app.ts';
import { until } from '../support/until.ts';
import { type MachineOptions, MemoryMachine, type Ran } from './memory-machine.ts';

let server: BootedApp;
let instances: Sluice[];
let calls: (() => Promise<string>)[];
const machine = new MemoryMachine();

const sluice = (argv: readonly string[], options: MachineOptions = {}): Promise<Ran> =>
  machine.run(argv, { realTime: true, ...options, env: { SLUICE_ENV: 'prod', ...options.env } });

/** Runs it and gives its output; anything but success fails the test with what it said. */
async function out(argv: readonly string[], options?: MachineOptions): Promise<string> {
  const ran = await sluice(argv, options);
  if (ran.code !== 0) throw new Error(`exit ${ran.code}: ${ran.err}`);
  return ran.out;
}

const put = (name: string, data: unknown): Promise<void> =>
  writeFile(join(machine.home, name), typeof data === 'string' ? data : JSON.stringify(data));

const few = {
  kind: 'limit',
  algorithm: 'tokenBucket',
  limit: 3,
  intervalMs: 3_600_000,
  resource: { match: 'exact', value: 'pay' },
  mode: 'monitor',
};

/** How many of ten calls of an instance are refused. */
async function refused(instance: number): Promise<BlockedError[]> {
  const settled = await Promise.allSettled(Array.from({ length: 10 }, () => calls[instance]!()));
  return settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as BlockedError] : []));
}

beforeAll(async () => {
  server = await bootApp();
  await server.admin.call(contracts.createApp, { body: { name: 'shop' } });
  await out(['login', '--server', server.url, '--user', adminName, '--password-stdin'], {
    stdin: adminPassword,
  });
  await put('guard.yaml', { name: 'guard', kind: 'rules', content: { kind: 'rules', items: { few } } });
  await out(['apply', 'shop', '-f', 'guard.yaml', '-m', 'watch first']);
  const token = (await out(['token', 'create', '--app', 'shop', '--name', 'processes'])).trim();
  instances = ['i-1', 'i-2'].map((instanceId) =>
    createSluice({ server: server.url, token, instanceId, cacheDir: false, logger: false }),
  );
  calls = instances.map((each) => each.protect('pay', async () => 'paid'));
  for (const each of instances) expect(await each.ready({ timeoutMs: 10_000 })).toBe('live');
});

afterAll(async () => {
  for (const each of instances ?? []) await each.close();
  await server?.close();
});

describe('a rule', () => {
  it('is watched, predicted and linted before it blocks', async () => {
    expect(await out(['rule', 'ls', 'shop'])).toMatch(
      /guard\.few +monitor +limit +pay +tokenBucket 3 \/ 1 h\n/,
    );
    expect(await refused(0)).toHaveLength(0);
    expect(await refused(1)).toHaveLength(0);
    const shown = await until('both instances have told of their calls', async () => {
      const ran = await sluice(['resources', 'show', 'shop', 'pay', '-o', 'json']);
      const detail = JSON.parse(ran.out || '{}') as { minute?: { passed: number; wouldBlock: number } };
      return detail.minute?.passed === 20 && detail;
    });
    expect(shown.minute).toMatchObject({ wouldBlock: 14 });
    expect(await out(['resources', 'ls', 'shop'])).toMatch(/pay +method +[\d.]+ .* 0 +14 .* 2\n/);
    expect(await out(['top', 'shop'])).toMatch(/^RESOURCE/);
    expect(await out(['rule', 'show', 'shop', 'guard.few'])).toMatch(
      /would have blocked in the last minute +14\n/,
    );

    const predicted = JSON.parse(
      await out(['rule', 'predict', 'shop', 'guard.few', '--share', '0', '-o', 'json']),
    );
    expect(predicted).toMatchObject({ calls: 20, wouldBlock: 14, share: 0.7, enough: false });
    expect(predicted.smallestLimit.value).toBe(10);

    await put('rules.json', { few: { ...few, mode: 'intercept', limit: 5 } });
    const replayed = await out([
      'rule',
      'replay',
      'shop',
      '--rules',
      'rules.json',
      '--namespace',
      'guard',
      '-o',
      'json',
    ]);
    expect(JSON.parse(replayed)).toMatchObject({
      passed: 10,
      blocked: 10,
      recording: { calls: 20, instances: 2 },
    });

    expect((await sluice(['rule', 'lint', 'shop'])).code).toBe(0);
    await put('rules.json', { few: { ...few, limit: 0, resource: { match: 'exact', value: 'pai' } } });
    const linted = await sluice(['rule', 'lint', 'shop', 'guard', '-f', 'rules.json']);
    expect(linted).toMatchObject({ code: 1, out: expect.stringMatching(/error .*few +limit /) });
  });

  it('is about a resource whose name may have slashes', async () => {
    await instances[0]!.protect('GET /books/:id', async () => 'a book')();
    await until(
      'a resource with slashes is told',
      async () => (await sluice(['resources', 'show', 'shop', 'GET /books/:id'])).code === 0,
    );
  });

  it('blocks one instance in gray, then everyone, and is put out of force', async () => {
    const dry = await sluice(['rule', 'intercept', 'shop', 'guard.few', '--instance', 'i-1', '--dry-run']);
    expect(dry.out).toMatch(/i-1 +online +guard\.few +mode=monitor +mode=intercept/);
    const gray = [
      'rule',
      'intercept',
      'shop',
      'guard.few',
      '--instances',
      'i-1',
      '-m',
      'INC-12',
      '--wait',
      '-o',
      'json',
    ];
    const { push } = JSON.parse(await out(gray)) as { push: { id: string } };
    const blocked = await refused(0);
    expect(blocked).toHaveLength(10);
    expect(await refused(1)).toHaveLength(0);

    const decision = await out(['resources', 'decision', blocked[0]!.decisionId]);
    expect(decision).toMatch(/rule +guard\/few \(limit\)\n/);
    expect(decision).toMatch(/instance +i-1\n/);
    expect((await sluice(['resources', 'decision', 'shop', 'nobody-1'])).code).toBe(1);

    await out(['push', 'promote', push.id, '--wait']);
    await until('the other instance blocks too', async () => (await refused(1)).length === 10);
    expect(await out(['rule', 'ls', 'shop'])).toMatch(/guard\.few +intercept/);
    expect((await sluice(['rule', 'intercept', 'shop', 'guard.few'])).err).toContain('already');
    expect(await sluice(['rule', 'off', 'shop', 'guard.few', '-m', 'over', '--wait'])).toMatchObject({
      code: 0,
      err: expect.stringContaining('Change guard.few mode=intercept -> mode=off on 2 instances of shop'),
    });
    expect(await refused(0)).toHaveLength(0);
    await out(['rollback', 'shop', 'guard', '--wait']);
    expect(await refused(0)).toHaveLength(10);
  });
});

describe('the kill switch', () => {
  it('lets rules block nothing and freezes publishes, until it is undone', async () => {
    const turned = await sluice(['kill', '--monitor', '--freeze', '--app', 'shop', '--reason', 'INC-13']);
    expect(turned).toMatchObject({ code: 0, err: expect.stringContaining('All 2 online instances obey.') });
    expect(await refused(0)).toHaveLength(0);
    const frozen = await sluice(['rule', 'off', 'shop', 'guard.few']);
    expect(frozen).toMatchObject({ code: 5, err: expect.stringContaining('[frozen') });
    expect(await out(['kill', 'status'])).toMatch(/shop +ON +ON +- +2\/2 .* INC-13\n/);
    expect(await out(['kill', '--undo', '--app', 'shop', '--reason', 'INC-13 is over'])).toMatch(
      /shop +- +- +- +2\/2/,
    );
    expect(await refused(0)).toHaveLength(10);
    await sluice(['kill', '--monitor', '--reason', 'INC-14']);
    await sluice(['kill', '--monitor', '--app', 'shop', '--reason', 'INC-14']);
    const own = await sluice(['kill', '--undo', '--app', 'shop', '--reason', 'over']);
    expect(own.err).toMatch(
      /All 2 online instances obey.\n.*Still on by the switch of prod: rules only monitor\n/,
    );
    expect(await refused(0)).toHaveLength(0);
    expect((await sluice(['kill', '--undo', '--reason', 'over'])).err).not.toContain('Still on');
    expect((await sluice(['kill', '--all', '--app', 'shopp', '--reason', 'x'])).code).toBe(1);
  });
});

describe('a script', () => {
  const args = ['shop', '-f', 'vip.js', '--role', 'decide', '--inputs', 'user'];

  it('is checked and tried in a process of the server', async () => {
    await put('vip.js', 'function decide(call) { return call.user === "li" ? "pass" : "block"; }');
    await put('live.js', 'function decide(call) { return "pass"; }');
    expect(await out(['script', 'check', ...args])).toContain('vip.js would run as decide');
    const inputs = ['--input', '{"user":"li"}', '--input', '{"user":"wang"}'];
    expect(await out(['script', 'try', ...args, ...inputs])).toMatch(/"wang"\} +\{"pass":false\} +/);
    const differs = await sluice([
      'script',
      'try',
      ...args,
      ...inputs,
      '--compare-with',
      'live.js',
      '-o',
      'json',
    ]);
    expect(differs).toMatchObject({ code: 1, err: expect.stringContaining('1 of 2 differ.') });
    await put('vip.js', 'function decide(call) {\n  return {;\n}');
    const wrong = await sluice(['script', 'check', ...args]);
    expect(wrong).toMatchObject({ code: 1, err: expect.stringMatching(/source: .*2/) });
  });
});

describe('somebody who may only look', () => {
  it('may look, but turn and try nothing', async () => {
    const token = (
      await out(['token', 'create', '--kind', 'api', '--name', 'viewer', '--role', 'viewer'])
    ).trim();
    const env = { SLUICE_TOKEN: token };
    expect((await sluice(['rule', 'ls', 'shop'], { env })).code).toBe(0);
    expect((await sluice(['top', 'shop'], { env })).code).toBe(0);
    expect((await sluice(['kill', 'status'], { env })).code).toBe(0);
    expect((await sluice(['kill', '--all', '--reason', 'x'], { env })).code).toBe(4);
    expect((await sluice(['rule', 'off', 'shop', 'guard.few'], { env })).code).toBe(4);
  });
});
