import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  check,
  DecideScript,
  FallbackScript,
  type Policy,
  PolicyScript,
  ScriptHost,
  Trial,
  tryOut,
} from '@sluice/scripts';

const now = Date.UTC(2026, 0, 1, 12);
/** Long, for this is about answers, and the machine may be busy. */
const timeoutMs = 1000;
let drawn = 0.25;
const host = new ScriptHost({ draw: () => drawn });
let ids = 0;
const id = (): string => `rule-${++ids}`;

beforeAll(async () => {
  expect(await check(host, 'function decide() { return "pass" }', 'decide')).toBeUndefined();
});
afterAll(() => host.close());

describe('decide', () => {
  const call = {
    origin: 'shop',
    user: 'ann',
    ip: '10.0.0.1',
    headers: { 'x-tier': ['gold', 'lead'], secret: 's' },
    query: { page: '2' },
    args: [{ userId: 7, deep: { list: [1, 2] } }, () => 1],
    tags: { zone: 'a' },
  };

  it('sees what it declares as plain data, and nothing else', async () => {
    const inputs = [
      'origin',
      'header:x-tier',
      'query:page',
      'tag:zone',
      'args[0].deep',
      'args[1]',
      'stat.qps',
      'ip',
    ];
    const script = new DecideScript(host, id(), {
      timeoutMs,
      source: 'function decide(call) { return { block: true, reason: JSON.stringify(call) } }',
      inputs,
    });
    const { verdict, by } = await script.decide(call, { qps: 12 });
    expect(by).toBe('script');
    const { now: at, ...seen } = JSON.parse((verdict as { reason: string }).reason);
    expect(seen).toEqual({
      random: 0.25,
      origin: 'shop',
      'header:x-tier': 'gold',
      'query:page': '2',
      'tag:zone': 'a',
      'args[0].deep': { list: [1, 2] },
      'stat.qps': 12,
      ip: '10.0.0.1',
    });
    expect(Math.abs(at - Date.now())).toBeLessThan(60_000);
  });

  it.each([
    ['"pass"', { pass: true }],
    ['"block"', { pass: false }],
    ['{ block: false }', { pass: true }],
    [
      '{ block: true, reason: "full", retryAfterMs: 500 }',
      { pass: false, reason: 'full', retryAfterMs: 500 },
    ],
  ])('rules by %s', async (answer, verdict) => {
    const script = new DecideScript(host, id(), {
      timeoutMs,
      source: `function decide() { return ${answer} }`,
    });
    expect(await script.decide({})).toEqual({ verdict, by: 'script' });
  });

  it.each([
    'true',
    '1',
    'NaN',
    '"maybe"',
    '{ block: 1 }',
    '{ block: true, retryAfterMs: -1 }',
    '{ block: true, more: 1 }',
    '[]',
    'null',
  ])('refuses %s as an answer', async (answer) => {
    const script = new DecideScript(host, id(), {
      timeoutMs,
      source: `function decide() { return ${answer} }`,
      onError: 'block',
    });
    expect(await script.decide({})).toMatchObject({
      verdict: { pass: false },
      by: 'onError',
      failure: { code: 'bad_result' },
    });
  });

  it('asks once for the same inputs within cacheMs, also at the same time', async () => {
    const script = new DecideScript(host, id(), {
      timeoutMs,
      source: 'function decide(call) { return call.user === "ann" ? "block" : "pass" }',
      inputs: ['user'],
      cacheMs: 60_000,
    });
    const calls = () => host.stats().find(({ key }) => key === script.key)!.calls;
    const both = await Promise.all([
      script.decide({ user: 'ann' }),
      script.decide({ user: 'ann', ip: '1.1.1.1' }),
    ]);
    expect(both.map(({ verdict }) => verdict.pass)).toEqual([false, false]);
    expect(await script.decide({ user: 'ann' })).toEqual({ verdict: { pass: false }, by: 'memo' });
    expect(await script.decide({ user: 'bob' })).toMatchObject({ verdict: { pass: true }, by: 'script' });
    expect(calls()).toBe(2);
  });

  it('falls back on the last good answer to the same inputs', async () => {
    const script = new DecideScript(host, id(), {
      timeoutMs,
      source:
        'function decide(call) { if (call.random > 0.5) throw new Error("no"); return call.user === "ann" ? "block" : "pass" }',
      inputs: ['user'],
      onError: 'lastGood',
    });
    expect(await script.decide({ user: 'ann' })).toEqual({ verdict: { pass: false }, by: 'script' });
    drawn = 0.75;
    try {
      expect(await script.decide({ user: 'ann' })).toMatchObject({
        verdict: { pass: false },
        by: 'lastGood',
        failure: { code: 'threw' },
      });
      // Of another caller nothing is known.
      expect(await script.decide({ user: 'bob' })).toMatchObject({ verdict: { pass: true }, by: 'onError' });
    } finally {
      drawn = 0.25;
    }
  });

  it.each([
    ['a long text', { user: 'x'.repeat(20_000) }],
    ['a long list', { args: [Array(5000).fill(1)] }],
    [
      'a circle',
      {
        args: [
          (() => {
            const a: Record<string, unknown> = {};
            a.a = a;
            return a;
          })(),
        ],
      },
    ],
    [
      'a getter that throws',
      {
        args: [
          {
            get a(): never {
              throw new Error('no');
            },
          },
        ],
      },
    ],
    [
      'a proxy that throws an odd thing',
      {
        args: [
          new Proxy(
            {},
            {
              ownKeys() {
                throw Object.create(null);
              },
            },
          ),
        ],
      },
    ],
  ])('does not send what is no small plain data: %s', async (what, given) => {
    const script = new DecideScript(host, id(), {
      timeoutMs,
      source: 'function decide() { return "pass" }',
      inputs: ['user', 'args[0]'],
      onError: 'block',
    });
    expect(await script.decide(given)).toMatchObject({
      verdict: { pass: false },
      failure: { code: what.includes('throws') ? 'input_unreadable' : 'input_too_large' },
    });
  });
});

describe('policy', () => {
  const running: PolicyScript[] = [];
  afterEach(() => {
    for (const policy of running.splice(0)) policy.stop();
  });
  function next(
    source: string,
    onError: 'pass' | 'block' | 'lastGood',
    most = 1,
    misfit?: () => string,
  ): Promise<Policy[]> {
    return new Promise((resolve) => {
      const seen: Policy[] = [];
      let qps = 0;
      const script = new PolicyScript(
        host,
        id(),
        { source, onError, inputs: ['stat.qps'], everyMs: 100, timeoutMs },
        () => ({ qps: ++qps }),
        (policy) => {
          seen.push(policy);
          if (seen.length === most) resolve(seen);
        },
        misfit,
      );
      running.push(script);
      script.start();
    });
  }

  it('sets limits and thresholds from statistics, again and again', async () => {
    const source =
      'function policy(stats) { return { orders: { limit: stats["stat.qps"] * 10 }, pay: { threshold: 0.5 } } }';
    expect(await next(source, 'pass', 2)).toEqual([
      { settings: { orders: { limit: 10 }, pay: { threshold: 0.5 } }, blocks: false, by: 'script' },
      { settings: { orders: { limit: 20 }, pay: { threshold: 0.5 } }, blocks: false, by: 'script' },
    ]);
  });

  it.each([
    '{ orders: { limit: -1 } }',
    '{ orders: { limit: NaN } }',
    '{ orders: { source: 1 } }',
    '{ "a b": { limit: 1 } }',
    '5',
  ])('refuses %s', async (answer) => {
    const [policy] = await next(`function policy() { return ${answer} }`, 'pass');
    expect(policy).toMatchObject({ settings: {}, by: 'onError', failure: { code: 'bad_result' } });
  });

  it('refuses what its rules can’t obey', async () => {
    const [policy] = await next('function policy() { return { pay: { limit: 5 } } }', 'pass', 1, () => 'pay');
    expect(policy).toMatchObject({
      settings: {},
      failure: { code: 'bad_result', params: { reason: 'pay' } },
    });
  });

  it.each([
    ['pass', { settings: {}, blocks: false, by: 'onError' }],
    ['block', { settings: {}, blocks: true, by: 'onError' }],
    ['lastGood', { settings: { a: { limit: 1 } }, blocks: false, by: 'lastGood' }],
  ] as const)('goes on by onError %s when it fails later', async (onError, policy) => {
    const source =
      'function policy(stats) { if (stats["stat.qps"] > 1) throw new Error("x"); return { a: { limit: 1 } } }';
    expect((await next(source, onError, 2))[1]).toMatchObject(policy);
  });
});

describe('fallback', () => {
  it('computes an answer from the call and its error', async () => {
    const script = new FallbackScript(host, id(), {
      timeoutMs,
      source:
        'function fallback(call, error) { return { for: call.user, because: error.message, code: error.code } }',
      inputs: ['user'],
    });
    const error = Object.assign(new Error('down'), { code: 'ECONNREFUSED', secret: 1 });
    expect(await script.fallback({ user: 'ann' }, error)).toEqual({
      answered: true,
      value: { for: 'ann', because: 'down', code: 'ECONNREFUSED' },
      by: 'script',
    });
    const odd = {
      get message(): never {
        throw new Error('no');
      },
    };
    expect(await script.fallback({ user: 'ann' }, odd)).toMatchObject({
      answered: true,
      value: { for: 'ann' },
    });
  });

  it('lets the error go on, or blocks, when it fails', async () => {
    for (const [onError, then] of [
      ['pass', 'pass'],
      ['block', 'block'],
      ['lastGood', 'pass'],
    ] as const) {
      const script = new FallbackScript(host, id(), {
        timeoutMs,
        source: 'function fallback() { throw 1 }',
        onError,
      });
      expect(await script.fallback({}, 'x')).toMatchObject({
        answered: false,
        onError: then,
        failure: { code: 'threw' },
      });
    }
  });

  it('answers with what was good before', async () => {
    const script = new FallbackScript(host, id(), {
      timeoutMs,
      source:
        'function fallback(call, error) { if (error.message === "worse") throw new Error("x"); return [1] }',
      onError: 'lastGood',
    });
    const good = await script.fallback({}, new Error('bad'));
    expect(good).toMatchObject({ value: [1], by: 'script' });
    // Each caller has an answer of its own, whatever others do with theirs.
    const kept = [good];
    for (let n = 0; n < 3; n++) {
      for (const answer of kept) if (answer.answered) (answer.value as unknown[]).push('of its caller');
      const answer = await script.fallback({}, new Error('worse'));
      expect(answer).toMatchObject({ value: [1], by: 'lastGood' });
      kept.push(answer);
    }
  });
});

describe('check', () => {
  it.each([
    ['function decide() {\n  return "pass"\n}', undefined],
    ['function decide() {\n  return {;\n}', { code: 'compile', line: 2, column: 11 }],
    ['const a = 1', { code: 'entry' }],
    ['null.x;\nfunction decide() {}', { code: 'compile', line: 1 }],
    ['for(;;);\nfunction decide() {}', { code: 'compile', params: { kind: 'timeout' } }],
    ['throw new Error("timeout")', { code: 'compile', params: { reason: 'timeout', entry: 'decide' } }],
  ])('says of %j what is wrong and where', async (source, problem) => {
    const found = await check(host, source, 'decide');
    if (problem) expect(found).toMatchObject(problem);
    else expect(found).toBeUndefined();
  });
});

describe('tryOut', () => {
  const source = {
    entry: 'decide',
    source:
      'function decide(call) {\n  if (call.user === "eve") throw new Error("no");\n  return new Date(call.now).getHours() < call.random * 100 ? "block" : "pass" }',
    timeoutMs,
  } as const;

  it('gives the same result for the same input at any time', async () => {
    const run = (random: number) => tryOut(host, source, { values: { user: 'ann' }, now, random });
    expect(await run(0.5)).toMatchObject({ ok: true, result: { pass: false } });
    expect(await run(0.1)).toMatchObject({ ok: true, result: { pass: true } });
    expect(await run(0.5)).toMatchObject({ ok: true, result: { pass: false } });
  });

  it('waits for the host to start anew after a run that ended it', async () => {
    const alone = new ScriptHost({ spare: false });
    const body = 'if (call.user === "mad") return Array(1e9).fill(0); return "pass"';
    const trial = new Trial(alone, {
      entry: 'decide',
      source: `function decide(call) { ${body} }`,
      timeoutMs: 100,
    });
    const run = (user: string) => trial.run({ values: { user }, now, random: 0 });
    expect((await run('mad')).ok).toBe(false);
    expect(await run('ann')).toMatchObject({ ok: true, result: { pass: true } });
    trial.end();
    expect(alone.stats()).toEqual([]);
    alone.close();
  });

  it('says what a run took itself, not what it waited for others', async () => {
    const shared = new ScriptHost({ spare: false, cpuMsPerSec: 100_000 });
    const trial = (body: string, timeout: number) =>
      new Trial(shared, {
        entry: 'decide',
        source: `function decide() { ${body} }`,
        timeoutMs: timeout,
      });
    const [endless, quick] = [trial('for (;;);', 600), trial('return "pass"', 20_000)];
    expect([await endless.problem(), await quick.problem()]).toEqual([undefined, undefined]);
    const input = { values: {}, now, random: 0 };
    const before = endless.run(input); // 600 ms, at least
    const { ok, tookMs } = await quick.run(input);
    expect(ok).toBe(true);
    expect(tookMs).toBeLessThan(300);
    expect((await before).ok).toBe(false);
    shared.close();
  });

  it('says in which line it threw', async () => {
    const tried = await tryOut(host, source, { values: { user: 'eve' }, now, random: 0 });
    expect(tried).toMatchObject({ ok: false, failure: { code: 'threw', line: 2, params: { reason: 'no' } } });
  });
});
