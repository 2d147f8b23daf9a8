import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSluice, type Sluice } from '@sluice/client';
import { contracts, type DrillReport } from '@sluice/protocol';
import { parse } from 'yaml';
import { adminName, adminPassword, type BootedApp, bootApp } from '../support/boot-app.ts';
import { until } from '../support/until.ts';
import { type MachineOptions, MemoryMachine, type Ran } from './memory-machine.ts';

let server: BootedApp;
let instances: Sluice[] = [];
let paying: NodeJS.Timeout;
const machine = new MemoryMachine();

const sluice = (argv: readonly string[], options: MachineOptions = {}): Promise<Ran> =>
  machine.run(argv, { realTime: true, ...options, env: { SLUICE_ENV: 'prod', ...options.env } });

async function out(argv: readonly string[], options?: MachineOptions): Promise<string> {
  const ran = await sluice(argv, options);
  if (ran.code !== 0) throw new Error(`exit ${ran.code}: ${ran.err}`);
  return ran.out;
}

const design = (more: object = {}): object => ({
  title: 'Payments fail',
  hypothesis: 'browsing stays as it is',
  deadlineMs: 4000,
  faults: {
    failing: {
      resource: { match: 'exact', value: 'pay' },
      share: 0.5,
      seed: 7,
      fault: 'error',
      message: 'the bank does not answer',
    },
  },
  targets: { by: 'instances', ids: ['i-1'] },
  steadyState: [{ metric: 'errorRatio', resource: 'pay', atMost: 0.1, windowS: 3 }],
  expect: [{ metric: 'errorRatio', resource: 'browse', atMost: 0, windowS: 3 }],
  recoverWithinMs: 10_000,
  ...more,
});
/** JSON is YAML too. */
const put = (name: string, data: unknown): Promise<void> =>
  writeFile(join(machine.home, name), typeof data === 'string' ? data : JSON.stringify(data));

beforeAll(async () => {
  server = await bootApp();
  await server.admin.call(contracts.createApp, { body: { name: 'shop' } });
  await out(['login', '--server', server.url, '--user', adminName, '--password-stdin'], {
    stdin: adminPassword,
  });
  const token = (await out(['token', 'create', '--app', 'shop', '--name', 'processes'])).trim();
  instances = ['i-1', 'i-2'].map((instanceId) =>
    createSluice({ server: server.url, token, instanceId, cacheDir: false, logger: false }),
  );
  const calls = instances.flatMap((each) => [
    each.protect('pay', async () => 'paid'),
    each.protect('browse', async () => 'page'),
  ]);
  for (const each of instances) expect(await each.ready({ timeoutMs: 10_000 })).toBe('live');
  paying = setInterval(() => {
    for (const call of calls) void call().catch(() => undefined);
  }, 20);
  await put('drill.yaml', design());
  await until(
    'payments are known',
    async () => (await sluice(['drill', 'plan', 'shop', 'drill.yaml'])).code === 0,
  );
}, 60_000);

afterAll(async () => {
  clearInterval(paying);
  for (const each of instances) await each.close();
  await server?.close();
});

describe('sluice drill, with real instances', () => {
  it('plans exactly which instances, and starts nothing', async () => {
    const { code, out: text } = await sluice(['drill', 'plan', 'shop', 'drill.yaml']);
    expect(code).toBe(0);
    expect(text).toMatch(/^Payments fail: in 1 of 2 instances, for at most 4 s\n {2}i-1\n/);
    expect(text).toContain('✓ before: errorRatio pay <= 10 % (0 %)');
    expect(text).toContain('! it has no guards');
    expect(await out(['drill', 'ls', 'shop', '-o', 'json'])).toBe('[]\n');
  });

  it('runs it to its verdict, which is the exit code, and writes JUnit', async () => {
    const ran = await sluice(['drill', 'run', 'shop', 'drill.yaml', '--junit', 'report.xml', '-o', 'json']);
    expect(ran.code).toBe(0);
    const report = JSON.parse(ran.out) as DrillReport;
    expect(report).toMatchObject({ verdict: 'held', allClean: true });
    const [fault] = report.faults;
    expect(fault!.eligible).toBeGreaterThan(50);
    expect(fault!.asExpected).toBe(true);
    // Who called while it was broken saw an error for each broken call, and nothing else.
    expect(report.callers.error).toBe(fault!.injected);
    const whole = fault!.eligible - fault!.injected;
    expect(report.callers.ok).toBeGreaterThanOrEqual(whole);
    // Calls that were under way when it began ended in it, and so did those that came after its last beat or its
    // deadline, before it was taken away; on a busy machine that is a moment.
    expect(report.callers.ok).toBeLessThanOrEqual(whole + 25);
    expect(report.instances).toEqual([
      expect.objectContaining({ instanceId: 'i-1', cleanBy: 'told', injected: fault!.injected }),
    ]);
    const xml = await readFile(join(machine.home, 'report.xml'), 'utf8');
    expect(xml).toContain('<testsuite name="Payments fail" tests="5" failures="0"');
    expect(xml).toContain('classname="sluice.drill.expect during" name="errorRatio browse &lt;= 0 %"/>');
  });

  it('says 1 where the hypothesis does not hold, and compares with the run before', async () => {
    await put(
      'wrong.yaml',
      design({ expect: [{ metric: 'errorRatio', resource: 'pay', atMost: 0.01, windowS: 3 }] }),
    );
    // Stored by one, started by another, who knows its title.
    const id = (await out(['drill', 'save', 'shop', 'wrong.yaml'])).trim();
    const twin = (await out(['drill', 'save', 'shop', 'wrong.yaml'])).trim();
    const which = await sluice(['drill', 'start', 'shop', 'payments fail']);
    expect(which).toMatchObject({ code: 2, err: expect.stringContaining(id.slice(0, 8)) });
    await out(['drill', 'delete', 'shop', twin]);
    const ran = await sluice(['drill', 'start', 'shop', 'payments fail', '--junit', 'wrong.xml']);
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(
      /^Payments fail: deviated \(did not hold: errors of pay at most 1 % over 3 s, it was/,
    );
    expect(await readFile(join(machine.home, 'wrong.xml'), 'utf8')).toMatch(
      /failures="2"[\s\S]*<failure message="it was/,
    );
    const [newest] = JSON.parse(await out(['drill', 'ls', 'shop', '-o', 'json'])) as { drillId: string }[];
    const compared = await sluice(['drill', 'compare', 'shop', newest!.drillId.slice(0, 8)]);
    expect(compared.out).toMatch(/errorRatio shop pay \(method\), during/);
    expect(newest!.drillId).toBe(id);
    expect(compared.err).toContain('The design differs in: expect');
    // What has run is started no more.
    expect((await sluice(['drill', 'start', 'shop', 'payments fail'])).err).toContain('There is no drill');
    expect(await out(['drill', 'report', 'shop', newest!.drillId])).toContain(
      '**Verdict: the hypothesis does not hold**',
    );
    expect(await out(['drill', 'report', 'shop', newest!.drillId, '--lang', 'zh'])).toContain(
      '**结论: 假设不成立**',
    );
    expect(await out(['drill', 'show', 'shop', newest!.drillId])).toContain('i-1');
  });

  it('says 6 where it is stopped, by somebody or by Ctrl+C, and 5 where it does not start', async () => {
    await put('long.yaml', design({ deadlineMs: 60_000 }));
    const id = (await out(['drill', 'run', 'shop', 'long.yaml'])).trim();
    const refused = await sluice(['drill', 'run', 'shop', 'long.yaml']);
    expect(refused).toMatchObject({ code: 5, err: expect.stringContaining('another drill is on pay') });
    expect(await out(['drill', 'stop', 'shop', id.slice(0, 8), '-m', 'enough'])).toContain('recovering');
    await until(
      'it is over',
      async () => (await out(['drill', 'ls', 'shop', '--open', '-o', 'json'])) === '[]\n',
    );
    let turns = 0;
    const ran = await sluice(['drill', 'run', 'shop', 'long.yaml', '--wait'], {
      onSleep: (interrupt) => {
        turns += 1;
        if (turns === 2) interrupt();
      },
    });
    expect(ran).toMatchObject({ code: 6, out: expect.stringContaining(': Ctrl+C)') });
    // What did not start left nothing behind.
    expect(JSON.parse(await out(['drill', 'ls', 'shop', '-o', 'json']))).toHaveLength(4);
  });

  it('gives templates that are files, and says what is wrong in one', async () => {
    expect(await out(['drill', 'templates', 'shop'])).toMatch(/^TEMPLATE +TITLE +FITS/);
    const file = await out(['drill', 'templates', 'shop', 'stockErrors']);
    expect(parse(file)).toMatchObject({ title: 'Stock fails', faults: { failing: { share: 0.6 } } });
    const wrong = await sluice(['drill', 'templates', 'shop', 'stockError']);
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('Did you mean "stockErrors"?') });
    await put('bad.yaml', 'title: x\nhypothesis: y\nsurprise: 1\n');
    const bad = await sluice(['drill', 'plan', 'shop', 'bad.yaml']);
    expect(bad.code).toBe(1);
    expect(bad.err).toContain('surprise: is not a field here');
    expect(bad.err).toContain('deadlineMs: is required');
    await put('torn.yaml', 'title: [x\n');
    expect((await sluice(['drill', 'plan', 'shop', 'torn.yaml'])).err).toContain('line 2');
    expect((await sluice(['drill', 'run', 'shop', 'nowhere.yaml'])).code).toBe(1);
    expect((await sluice(['drill', 'show', 'shop', 'nothing'])).err).toContain('There is no drill "nothing"');
  });
});
