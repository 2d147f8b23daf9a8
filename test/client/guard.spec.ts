import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { BlockedError, type Notice, type Sluice } from '@sluice/client';
import type { Rule } from '@sluice/core';
import { mapOf, wireLayer, wireNamespace } from '../../libs/client/src/testing/wire-namespace.ts';
import { until } from '../support/until.ts';
import type { FakeServer } from './fake-server.ts';
import { fastClock } from './fast-clock.ts';
import { breaker, limitOf, pay, wireRules } from './guard-rules.ts';
import { useFakeServer } from './use-fake-server.ts';

const fake = useFakeServer(() => ({ token: 'sl_secret_token', allowMultiple: true }));
const { connect } = fake;
let server: FakeServer;
beforeEach(() => {
  server = fake.server;
});

const isBlocked = (run: () => unknown): string | undefined => {
  try {
    run();
    return undefined;
  } catch (error) {
    if (!(error instanceof BlockedError)) throw error;
    return error.ruleId;
  }
};
/** How many calls go before one is refused. */
function passed(client: Sluice, most = 50): number {
  for (let n = 0; n < most; n++) if (isBlocked(() => client.entry('pay').exit()) !== undefined) return n;
  return most;
}
const notice = (client: Sluice, code: Notice['code']): Promise<Notice> =>
  new Promise((resolve) => client.on('notice', (n) => n.code === code && resolve(n)));

describe('rules that are pushed', () => {
  it('of all namespaces make one set, in force when the push is acknowledged', async () => {
    server.push(wireRules('limits', { pay: limitOf(3) }, 5));
    const client = connect();
    await client.ready();
    expect(passed(client)).toBe(3);
    const deny = {
      kind: 'access',
      resource: pay,
      mode: 'intercept',
      effect: 'deny',
      by: 'origin',
      values: ['bot'],
    };
    await server.ackOf(server.push(wireRules('access', { bots: deny }, 6)));
    expect(isBlocked(() => client.entry('pay', { origin: 'bot' }))).toBe('access/bots');
    expect(isBlocked(() => client.entry('pay'))).toBe('limits/pay');
    await server.ackOf(server.send({ revision: 7, removed: ['limits'] }));
    expect(isBlocked(() => client.entry('pay').exit())).toBeUndefined();
    expect(isBlocked(() => client.entry('pay', { origin: 'bot' }))).toBe('access/bots');
  });

  it('are of the newest revision that says them, also where that changes nothing', async () => {
    server.push(wireRules('limits', { pay: limitOf(1, { intervalMs: 86_400_000 }) }, 5));
    const client = connect();
    await client.ready();
    expect(passed(client)).toBe(1);
    // A gray that is promoted, a release of the same once more.
    await server.ackOf(server.push(wireRules('limits', { pay: limitOf(1, { intervalMs: 86_400_000 }) }, 9)));
    expect(client.guarding().revision).toBe(9);
    expect(() => client.entry('pay')).toThrow(expect.objectContaining({ code: 'limited', revision: 9 }));
  });

  it('keep what they have counted when they change', async () => {
    server.push(wireRules('limits', { pay: limitOf(100, { intervalMs: 86_400_000 }) }, 1));
    const client = connect();
    await client.ready();
    client.entry('pay').exit();
    client.entry('pay').exit();
    await server.ackOf(server.push(wireRules('limits', { pay: limitOf(10, { intervalMs: 86_400_000 }) }, 2)));
    expect(passed(client)).toBe(8);
  });

  it('are refused whole when one cannot be obeyed, and those of before stay in force', async () => {
    server.push(wireRules('limits', { pay: limitOf(3) }, 1));
    const client = connect();
    await client.ready();
    const bad = wireRules('limits', { pay: limitOf(9), odd: { kind: 'limit', mode: 'intercept' } }, 2);
    const ack = await server.ackOf(server.push(bad));
    expect(ack.namespaces).toEqual([
      {
        name: 'limits',
        state: 'rejected',
        digest: expect.any(String),
        error: expect.stringContaining('rule limits/odd cannot be obeyed:'),
      },
    ]);
    expect(client.health().rejected.limits).toContain('The rules of before stay in force');
    expect(passed(client)).toBe(3);
  });

  it('are refused before anything is applied, when they are asked about first', async () => {
    server.push(wireRules('limits', { pay: limitOf(3) }, 1));
    const client = connect();
    await client.ready();
    const bad = wireRules('limits', { pay: { ...limitOf(3), limit: 0 } as never }, 2);
    const vetoes = await server.prepare(bad);
    expect(vetoes).toEqual([{ name: 'limits', error: expect.stringContaining('limits/pay') }]);
    expect(await server.prepare(wireRules('limits', { pay: limitOf(1) }, 2))).toEqual([]);
    expect(passed(client)).toBe(3);
  });

  it('change what refused callers get while the app runs', async () => {
    server.push(wireRules('limits', { pay: limitOf(1, { intervalMs: 86_400_000 }) }, 1));
    const client = connect();
    await client.ready();
    client.fallback('cheap', (_, n: number) => `cheap ${n}`);
    const charge = client.protect('pay', (n: number): unknown => ({ paid: n }), {
      fallback: () => 'of the code',
    });
    expect(charge(1)).toEqual({ paid: 1 });
    expect(charge(2)).toBe('of the code');
    let revision = 1;
    const answer = async (onBlock: object): Promise<unknown> => {
      revision += 1;
      const rule = limitOf(1, { intervalMs: 86_400_000, onBlock } as never);
      await server.ackOf(server.push(wireRules('limits', { pay: rule }, revision)));
      try {
        return charge(3);
      } catch (error) {
        return error;
      }
    };
    expect(await answer({ answer: 'empty' })).toBeUndefined();
    expect(await answer({ answer: 'value', value: [1, 2] })).toEqual([1, 2]);
    expect(await answer({ answer: 'fallback', name: 'cheap' })).toBe('cheap 3');
    expect(await answer({ answer: 'lastGood' })).toEqual({ paid: 1 });
    expect(await answer({ answer: 'script', ruleId: 'none' })).toBe('of the code');
    expect(await answer({ answer: 'error', message: 'closed for today' })).toMatchObject({
      name: 'BlockedError',
      message: 'closed for today',
    });
    const http = (await answer({ answer: 'http', status: 418, body: 'tea' })) as BlockedError;
    expect(http.toHttp()).toMatchObject({ status: 418, body: 'tea' });
    expect(await answer({ answer: 'fallback', name: 'unknown' })).toBe('of the code');
    expect(fake.said.some((line) => line.includes('fallback_missing'))).toBe(true);
  });

  it('end by themselves with the server gone', async () => {
    const clock = fastClock(20);
    const limits = wireNamespace('limits', [
      wireLayer({ kind: 'rules', items: { pay: limitOf(1) } }),
      wireLayer(
        { set: { pay: limitOf(1, { mode: 'off' } as never) }, remove: [] },
        { kind: 'instance', revision: 2, expiresInMs: 20_000 },
      ),
    ]);
    const until = new Date(clock.now() + 40_000).toISOString();
    server.push(
      limits,
      wireRules(
        'degrade',
        {
          closed: {
            kind: 'degrade',
            resource: { match: 'exact', value: 'report' },
            mode: 'intercept',
            effective: { until },
            onBlock: { answer: 'empty' },
          },
        },
        3,
      ),
    );
    const client = connect({ clock });
    await client.ready();
    const report = client.protect('report', () => 'report');
    expect([passed(client), report()]).toEqual([50, undefined]);
    const lost = notice(client, 'server_unreachable');
    const expired = new Promise<void>((resolve) =>
      client.on('change', ({ namespaces }) => namespaces.includes('limits') && resolve()),
    );
    await server.stop();
    await Promise.all([lost, expired]);
    expect(passed(client)).toBeLessThan(50);
    while (clock.now() <= Date.parse(until)) await new Promise((resolve) => setImmediate(resolve));
    expect(report()).toBe('report');
  });
});

describe('a restart with the server gone', () => {
  it('brings the rules back from disk, and the kill switch as it was', async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), 'sluice-guard-'));
    server.push(wireRules('limits', { pay: limitOf(3) }, 4), { ...wireRules('more', {}, 4), ...mapless() });
    const first = connect({ cacheDir });
    await first.ready();
    expect(passed(first)).toBe(3);
    server.tell('kill', { version: 8, monitorOnly: true, noFaults: false });
    await server.hears('killed');
    expect(passed(first)).toBe(50);
    await first.close();
    await server.stop();

    const second = connect({ cacheDir });
    expect(await second.ready({ timeoutMs: 1000 })).toBe('snapshot');
    expect(passed(second)).toBe(50);
    const before = server.heard.hello[0]?.bootId;
    await server.start();
    // It may have asked over HTTP before: then its hello says that it is live.
    await server.hears('hello', (frame) => frame.bootId !== before);
    server.tell('kill', { version: 2, monitorOnly: false, noFaults: false });
    await server.hears('killed', ({ version }) => version === 2);
    expect(passed(second)).toBeLessThan(50);
    await second.close();
    await rm(cacheDir, { recursive: true, force: true });
  });
});

/** A map beside the rules is none of the guard's business. */
function mapless() {
  const map = wireNamespace('more', [wireLayer(mapOf({ a: 1 }), { revision: 4 })]);
  return { kind: map.kind, layers: map.layers, digest: map.digest };
}

describe('the kill switch', () => {
  it('of the server makes every rule watch only, and is acknowledged; what is older is passed over', async () => {
    server.push(wireRules('limits', { pay: limitOf(3) }, 1));
    const client = connect();
    await client.ready();
    server.tell('kill', { version: 3, monitorOnly: true, noFaults: true });
    expect(await server.hears('killed')).toEqual({ version: 3 });
    expect(passed(client)).toBe(50);
    server.tell('kill', { version: 2, monitorOnly: false, noFaults: false });
    await server.hears('killed', () => server.heard.killed.length === 2);
    expect(server.heard.killed.at(-1)).toEqual({ version: 3 });
    expect(passed(client)).toBe(50);
    server.tell('kill', { version: 4, monitorOnly: false, noFaults: false });
    await server.hears('killed', ({ version }) => version === 4);
    expect(passed(client)).toBeLessThan(50);
    expect(fake.said.filter((line) => line.includes('kill_'))).toHaveLength(2);
  });

  it('is a file too, for when the server is gone', async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), 'sluice-guard-'));
    await mkdir(cacheDir, { recursive: true });
    const clock = fastClock(20);
    server.push(wireRules('limits', { pay: limitOf(1, { intervalMs: 86_400_000 }) }, 1));
    const client = connect({ cacheDir, clock });
    await client.ready();
    await server.stop();
    expect(passed(client)).toBe(1);
    const thrown = notice(client, 'kill_monitor');
    await writeFile(join(cacheDir, 'KILL'), 'monitor\n', { mode: 0o600 });
    const calling = setInterval(() => passed(client, 1), 5);
    await thrown;
    expect(passed(client)).toBe(50);
    const ended = notice(client, 'kill_ended');
    await rm(join(cacheDir, 'KILL'));
    await ended;
    clearInterval(calling);
    expect(passed(client)).toBe(0);
    await client.close();
    await rm(cacheDir, { recursive: true, force: true });
  });
});

describe('what the server asks and leases', () => {
  it('explains a refusal by its id', async () => {
    server.push(wireRules('limits', { pay: limitOf(1) }, 9));
    const client = connect();
    await client.ready();
    client.entry('pay').exit();
    let decisionId = '';
    try {
      client.entry('pay');
    } catch (error) {
      decisionId = (error as BlockedError).decisionId;
    }
    server.tell('explain', { askId: 1, decisionId });
    server.tell('explain', { askId: 2, decisionId: 'another' });
    const { block } = await server.hears('explained', ({ askId }) => askId === 1);
    expect(block).toMatchObject({
      ruleId: 'limits/pay',
      code: 'limited',
      threshold: 1,
      revision: 9,
      decisionId,
    });
    expect(Math.abs(Number(block?.atMs) - Date.now())).toBeLessThan(60_000);
    expect(await server.hears('explained', ({ askId }) => askId === 2)).toEqual({ askId: 2 });
  });

  it('leases shares of cluster limits, and falls back to the fair one', async () => {
    const clock = fastClock(10);
    const shared: Rule = {
      kind: 'limit',
      resource: pay,
      mode: 'intercept',
      algorithm: 'slidingWindow',
      limit: 1000,
      windowMs: 86_400_000,
      scope: 'cluster',
    };
    server.push(wireRules('limits', { pay: shared }, 1));
    const client = connect({ clock });
    await client.ready();
    client.entry('pay').exit();
    const told = await server.hears('report', ({ leases }) => leases.length > 0);
    expect(told.leases).toEqual([{ rule: 'limits/pay', resource: 'pay', type: 'method', calls: 1 }]);
    const lease = { rule: 'limits/pay', resource: 'pay', type: 'method' } as const;
    server.tell('leases', { ttlMs: 2000, leases: [{ ...lease, limit: 6, fair: 20 }] });
    server.tell('explain', { askId: 1, decisionId: 'none' });
    await server.hears('explained');
    expect(passed(client)).toBe(5);
    while (passed(client, 1) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(passed(client)).toBe(13);
  });
});

describe('reports', () => {
  it('tell each second what calls came to, by resource and rule, and nothing when nothing happens', async () => {
    const clock = fastClock(10);
    server.push(wireRules('limits', { pay: limitOf(2, { intervalMs: 86_400_000 }) }, 1));
    const client = connect({ clock });
    await client.ready();
    passed(client);
    client.protect('pay', () => 1, { fallback: () => 2 })();
    const { seconds } = await server.hears('report', (frame) => frame.seconds.length > 0);
    expect(seconds).toEqual([
      {
        agoMs: expect.any(Number),
        resources: [
          {
            resource: 'pay',
            type: 'method',
            passed: 2,
            blocked: { limited: 2 },
            wouldBlock: 0,
            success: 2,
            errors: 0,
            degraded: 1,
            injected: 0,
            active: 0,
            latency: expect.any(Array),
            rules: [{ rule: 'limits/pay', blocked: 2, wouldBlock: 0 }],
          },
        ],
      },
    ]);
    const told = server.heard.report.length;
    const from = clock.monotonic();
    while (clock.monotonic() < from + 5000) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(server.heard.report.length - told).toBeLessThanOrEqual(1);
    expect(server.heard.report.slice(told).flatMap((frame) => frame.seconds)).toEqual([]);
  });

  it('tell the turns of breakers, those that are open, and calls with what rules look at', async () => {
    const clock = fastClock(10);
    const when = { on: 'header', name: 'x-tier', op: 'exists', value: true } as const;
    server.push(wireRules('rules', { pay: breaker({ when }) }, 1));
    const client = connect({ clock });
    // On this clock three seconds are over in 300 ms, which a busy machine may need.
    await client.ready({ timeoutMs: 60_000 });
    for (const error of [new Error('a'), new Error('b')])
      client.entry('pay', { headers: { 'x-tier': 'gold' }, origin: 'shop' }).exit(error);
    expect(isBlocked(() => client.entry('pay', { headers: { 'x-tier': 'gold' } }))).toBe('rules/pay');
    const told = await server.hears('report', ({ breakers }) => breakers.length > 0);
    expect(told.breakers).toMatchObject([
      { rule: 'rules/pay', resource: 'pay', from: 'closed', to: 'open', reason: 'threshold' },
    ]);
    expect(told.open).toEqual([{ rule: 'rules/pay', resource: 'pay', type: 'method', state: 'open' }]);
    expect(told.calls).toMatchObject([
      { verdict: 'pass', outcome: 'error', inputs: { 'header:x-tier': 'gold' }, rules: [] },
      { verdict: 'pass', outcome: 'error', inputs: { 'header:x-tier': 'gold' } },
      { verdict: 'block', rules: ['rules/pay'], inputs: { 'header:x-tier': 'gold' } },
    ]);
    expect(Object.keys(told.calls[0]?.inputs ?? {})).toEqual(['header:x-tier']);
  });

  it('are kept while the server is away, for a minute', async () => {
    const clock = fastClock(50);
    server.push(wireRules('limits', { pay: limitOf(1) }, 1));
    const client = connect({ clock });
    await client.ready();
    const lost = notice(client, 'server_unreachable');
    await server.stop();
    await lost;
    // Each turn is more than a second of the client's clock, so it closes a second in each, however slow the machine. They
    // go on until something is told: of a minute that is over when the client is back nothing would be.
    let turns = 0;
    const calls = setInterval(() => {
      passed(client, 1);
      turns += 1;
    }, 25);
    await until('more than a minute of calls', async () => turns >= 75);
    await server.start();
    const { seconds, sequence } = await server.hears('report', (frame) => frame.seconds.length > 5);
    clearInterval(calls);
    expect(seconds.length).toBeLessThanOrEqual(60);
    expect(sequence).toBeGreaterThan(1);
    const ages = seconds.map(({ agoMs }) => agoMs);
    expect([...ages].sort((a, b) => b - a)).toEqual(ages);
  });
});
