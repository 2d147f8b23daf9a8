import { describe, expect, it } from '@jest/globals';
import type { Outcome, Rule } from '@sluice/core';
import type { CallsSecond } from '../report/calls-second.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { testSluice } from '../testing/test-sluice.ts';
import { BlockedError } from './blocked-error.ts';
import type { Passage } from './call-options.ts';

const pay = { match: 'exact', value: 'pay' } as const;
const limitOf = (limit: number, more: Partial<Rule> = {}): Rule =>
  ({
    kind: 'limit',
    resource: pay,
    mode: 'intercept',
    algorithm: 'tokenBucket',
    limit,
    intervalMs: 1000,
    ...more,
  }) as Rule;

function bench() {
  const clock = manualClock();
  return { clock, sluice: testSluice({}, { clock }) };
}

const caught = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
};

describe('protect', () => {
  it('keeps a synchronous function synchronous, with its types, its this and its name', async () => {
    const { sluice } = bench();
    const till = {
      factor: 3,
      times: sluice.protect('pay', function times(this: { factor: number }, n: number) {
        return n * this.factor;
      }),
    };
    const product: number = till.times(14);
    expect(product).toBe(42);
    expect([till.times.name, till.times.length]).toEqual(['times', 1]);
    const labelled = Object.freeze(Object.assign(() => 1, { label: 'one' }));
    expect(sluice.protect('label', labelled).label).toBe('one');
    await sluice.rules({ pay: limitOf(1) });
    expect(till.times(1)).toBe(3);
    expect(caught(() => till.times(1))).toBeInstanceOf(BlockedError);
  });

  it('refuses with all that a caller and an HTTP answer need', async () => {
    const { sluice } = bench();
    await sluice.rules({ pay: limitOf(1) });
    const charge = sluice.protect('pay', () => 'paid');
    expect(charge()).toBe('paid');
    const error = caught(charge) as BlockedError;
    expect(error).toMatchObject({
      name: 'BlockedError',
      code: 'limited',
      resource: 'pay',
      type: 'method',
      ruleId: 'rules/pay',
      kind: 'limit',
      revision: 2,
      retryAfterMs: 1000,
      httpStatus: 429,
      message: `pay has reached the limit of rules/pay. Try again in 1000 ms. Decision ${error.decisionId}`,
    });
    const { status, headers, body } = error.toHttp();
    expect(status).toBe(429);
    expect(headers).toEqual({ 'retry-after': '1', 'content-type': 'application/json; charset=utf-8' });
    expect(JSON.parse(body)).toEqual({
      code: 'limited',
      message: error.message,
      decisionId: error.decisionId,
      retryAfterMs: 1000,
    });
  });

  it('rejects where a function answers promises, and throws where it does not', async () => {
    const { sluice } = bench();
    await sluice.rules({ pay: limitOf(1) });
    const charge = sluice.protect('pay', async () => 'paid');
    await expect(charge()).resolves.toBe('paid');
    await expect(charge()).rejects.toBeInstanceOf(BlockedError);
    const declared = sluice.protect('pay', () => Promise.resolve('paid'), { async: true });
    await expect(declared()).rejects.toBeInstanceOf(BlockedError);
  });

  it('answers by the fallback of the code when the call is refused, and when it fails', async () => {
    const { sluice } = bench();
    await sluice.rules({ pay: limitOf(1) });
    const seen: unknown[] = [];
    const charge = sluice.protect('pay', (amount: number): string => `paid ${amount}`, {
      fallback: (error, amount) => {
        seen.push(error);
        return `later ${amount}`;
      },
    });
    expect([charge(1), charge(2)]).toEqual(['paid 1', 'later 2']);
    expect(seen).toEqual([expect.any(BlockedError)]);
    const broken = sluice.protect(
      'other',
      async (_: number): Promise<string> => Promise.reject(new Error('x')),
      {
        fallback: (error, n) => `${(error as Error).message} ${n}`,
      },
    );
    await expect(broken(7)).resolves.toBe('x 7');
  });

  it('lets calls that answer promises wait for their turn, and others not', async () => {
    const { clock, sluice } = bench();
    await sluice.rules({
      pay: {
        kind: 'limit',
        resource: pay,
        mode: 'intercept',
        algorithm: 'leakyBucket',
        limit: 10,
        intervalMs: 1000,
        maxQueueMs: 500,
      },
    });
    const ended: number[] = [];
    const charge = sluice.protect('pay', async (n: number) => void ended.push(n));
    const calls = [1, 2, 3].map((n) => charge(n));
    expect(ended).toEqual([1]);
    expect(caught(sluice.protect('pay', () => 'paid'))).toBeInstanceOf(BlockedError);
    await clock.advance(100);
    expect(ended).toEqual([1, 2]);
    await clock.advance(100);
    await Promise.all(calls);
    expect(ended).toEqual([1, 2, 3]);
  });

  it('gives a waiting call up when its signal is aborted, and what it took back', async () => {
    const { sluice } = bench();
    await sluice.rules({
      pay: {
        kind: 'limit',
        resource: pay,
        mode: 'intercept',
        algorithm: 'concurrency',
        max: 1,
        queue: 5,
        maxQueueMs: 60_000,
      },
    });
    const { promise, resolve } = Promise.withResolvers<string>();
    const stop = new AbortController();
    const charge = sluice.protect('pay', async (signal?: AbortSignal) => (signal ? 'second' : promise), {
      signal: (signal) => signal,
    });
    const first = charge();
    const second = charge(stop.signal);
    stop.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    resolve('first');
    await expect(first).resolves.toBe('first');
    await expect(charge(new AbortController().signal)).resolves.toBe('second');
  });

  it('frees what a call holds when its caller gives up, however long the function goes on', async () => {
    const { sluice } = bench();
    await sluice.rules({
      pay: { kind: 'limit', resource: pay, mode: 'intercept', algorithm: 'concurrency', max: 1 },
    });
    const stop = new AbortController();
    const forever = sluice.protect('pay', (_: AbortSignal) => new Promise<void>(() => undefined), {
      signal: (signal) => signal,
      async: true,
    });
    const given = forever(stop.signal);
    expect(caught(() => sluice.entry('pay'))).toBeInstanceOf(BlockedError);
    stop.abort();
    sluice.entry('pay').exit();
    await expect(given).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('does not let a call go whose caller gave up just after its permit came', async () => {
    const { sluice } = bench();
    const permits = {
      kind: 'limit',
      resource: pay,
      mode: 'intercept',
      algorithm: 'concurrency',
      max: 1,
    } as const;
    await sluice.rules({ pay: { ...permits, queue: 5, maxQueueMs: 60_000 } });
    for (let turns = 0; turns < 8; turns++) {
      const stop = new AbortController();
      let runs = 0;
      const work = async (): Promise<void> => {
        runs += 1;
      };
      const charge = sluice.protect('pay', work, { signal: () => stop.signal });
      const passage = sluice.entry('pay');
      const waiting = charge().catch((error: unknown) => error);
      passage.exit();
      for (let turn = 0; turn < turns; turn++) await undefined;
      stop.abort(new Error('gone'));
      const wasRun = runs;
      await waiting;
      expect(runs).toBe(wasRun);
      expect(sluice.guarding().resources).toMatchObject([{ active: 0 }]);
    }
  });

  it('waits no more for a function whose caller gave up, also where the function did that itself', async () => {
    const { sluice } = bench();
    const never = new Promise<string>(() => undefined);
    const stop = new AbortController();
    const options = { signal: () => stop.signal, async: true };
    const given = sluice.protect('pay', () => never, options)();
    const answered = sluice.protect('pay', () => never, { ...options, fallback: (error) => String(error) })();
    stop.abort(new Error('gone'));
    await expect(given).rejects.toThrow('gone');
    await expect(answered).resolves.toBe('Error: gone');
    const own = new AbortController();
    const itself = (): Promise<string> => {
      own.abort(new Error('gone too'));
      return never;
    };
    await expect(sluice.protect('pay', itself, { signal: () => own.signal })()).rejects.toThrow('gone too');
    expect(sluice.guarding().resources).toMatchObject([{ active: 0 }]);
  });

  it('rejects where a function answers promises and its signal cannot be told', async () => {
    const { sluice } = bench();
    const signal = (): never => {
      throw new Error('no signal');
    };
    const given = sluice.protect('pay', async () => 'paid', { signal })();
    await expect(given).rejects.toThrow('no signal');
    expect(() => sluice.protect('pay', () => 'paid', { signal })()).toThrow('no signal');
  });

  it('ends a call that fails with what cannot be looked at, and hands that on', async () => {
    const { sluice } = bench();
    const odd = Object.defineProperty(new Error('odd'), 'name', {
      get: () => {
        throw new Error('other');
      },
    });
    const fails = sluice.protect('pay', () => {
      throw odd;
    });
    expect(caught(fails)).toBe(odd);
    await expect(sluice.protect('pay', async () => Promise.reject(odd))()).rejects.toBe(odd);
    const answer = Object.defineProperty({}, 'then', { get: () => caught(fails) && fails() });
    expect(sluice.protect('pay', () => answer)()).toBe(answer);
    expect(sluice.guarding().resources).toMatchObject([{ active: 0 }]);
  });

  it('answers a plain promise for a thenable that is a function', async () => {
    const { sluice } = bench();
    const then = (done: (value: string) => void): void => done('paid');
    const answer = Object.defineProperty(() => undefined, 'then', { value: then });
    const given = sluice.protect('pay', () => answer as unknown as PromiseLike<string>)();
    expect(given).toBeInstanceOf(Promise);
    await expect(given).resolves.toBe('paid');
  });

  it('goes on without inputs that cannot be read', async () => {
    const { sluice } = bench();
    await sluice.rules({ pay: limitOf(10, { when: { on: 'origin', op: 'exists', value: true } }) });
    const notices: string[] = [];
    sluice.on('notice', ({ code }) => notices.push(code));
    const charge = sluice.protect('pay', () => 'paid', {
      inputs: () => {
        throw new Error('odd');
      },
    });
    expect(charge()).toBe('paid');
    expect(notices).toEqual(['inputs_failed']);
    const odd = (): never => {
      throw Object.create(null);
    };
    sluice.inContext({ user: 'u1' }, () => sluice.entry('pay', { origin: 'shop', inputs: odd }).exit());
    await expect(sluice.enter('pay', { inputs: odd })).resolves.toBeDefined();
    const deny = { kind: 'access', effect: 'deny', by: 'origin', values: ['shop'] } as const;
    await sluice.rules({ pay: { ...deny, resource: pay, mode: 'intercept' } });
    expect(caught(() => sluice.entry('pay', { origin: 'shop', inputs: odd }))).toBeInstanceOf(BlockedError);
  });

  it('gives its permit back where a rule that only watches cannot read what it looks at', async () => {
    const { sluice } = bench();
    const watching = { mode: 'monitor' } as const;
    await sluice.rules({
      permits: { kind: 'limit', algorithm: 'concurrency', max: 1, resource: pay, mode: 'intercept' },
      argument: limitOf(9, { ...watching, per: { by: 'argument', index: 0, path: 'user.id' } } as never),
      user: limitOf(9, { ...watching, per: { by: 'user' } } as never),
      tag: { ...watching, kind: 'access', resource: pay, effect: 'deny', by: 'tag', tag: 't', values: ['a'] },
    });
    const odd = {
      get id(): never {
        throw new Error('odd');
      },
    };
    const charge = sluice.protect('pay', (_order: object) => 'paid', {
      inputs: () => ({
        get user(): never {
          throw new Error('odd');
        },
      }),
    });
    for (let n = 0; n < 2; n++) {
      expect(charge({ user: odd })).toBe('paid');
      expect(sluice.inContext({ tags: { t: null as never } }, () => charge({}))).toBe('paid');
      expect(sluice.inContext({ user: { toString: 1 } as never }, () => charge({}))).toBe('paid');
    }
  });
});

describe('entry and enter', () => {
  it('let a call in and count how it ended, once', async () => {
    const { sluice } = bench();
    await sluice.rules({
      pay: {
        kind: 'breaker',
        resource: pay,
        mode: 'intercept',
        strategy: 'consecutiveErrors',
        threshold: 2,
        minCalls: 1,
        windowMs: 10_000,
        openMs: 5000,
      },
    });
    const once = sluice.entry('pay');
    once.exit(new Error('down'));
    once.exit(new Error('down'));
    const aborted = await sluice.enter('pay');
    aborted.exit(new DOMException('gone', 'AbortError'));
    sluice.entry('pay').exit('error');
    const error = caught(() => sluice.entry('pay')) as BlockedError;
    expect(error).toMatchObject({ code: 'breakerOpen', httpStatus: 503, retryAfterMs: 5000 });
    await expect(sluice.enter('pay')).rejects.toMatchObject({ code: 'breakerOpen' });
  });

  it.each(['down', { code: 5 }, 0, null])('count as an error whatever was thrown: %j', async (thrown) => {
    const { sluice } = bench();
    const breaker = { kind: 'breaker', strategy: 'consecutiveErrors', threshold: 1, minCalls: 1 } as const;
    const times = { windowMs: 10_000, openMs: 5000 };
    await sluice.rules({ pay: { ...breaker, ...times, resource: pay, mode: 'intercept' } });
    sluice.entry('pay').exit(thrown);
    expect(caught(() => sluice.entry('pay'))).toMatchObject({ code: 'breakerOpen' });
  });

  it('say clearly what is no name', () => {
    const { sluice } = bench();
    expect(() => sluice.entry('')).toThrow(TypeError);
    expect(() => sluice.protect('pay', undefined as unknown as () => void)).toThrow('needs a function');
  });
});

describe('what is known of the request', () => {
  it('reaches nested calls, and what they say themselves goes first', async () => {
    const { sluice } = bench();
    const deny = (origin: string): Rule => ({
      kind: 'access',
      resource: pay,
      mode: 'intercept',
      effect: 'deny',
      by: 'origin',
      values: [origin],
    });
    await sluice.rules({ pay: deny('crawler') });
    const charge = sluice.protect('pay', async () => 'paid', { async: true });
    await sluice.inContext({ origin: 'crawler' }, async () => {
      await Promise.resolve();
      await expect(charge()).rejects.toMatchObject({ code: 'denied', httpStatus: 403 });
      sluice.entry('pay', { origin: 'shop' }).exit();
      await sluice.inContext({ tags: { zone: 'a' } }, () => expect(charge()).rejects.toThrow(BlockedError));
    });
    await expect(charge()).resolves.toBe('paid');
  });
});

describe('what code without types gives', () => {
  it('as a signal is refused before anything is taken', async () => {
    const { sluice } = bench();
    await sluice.rules({
      one: { kind: 'limit', algorithm: 'concurrency', max: 1, resource: pay, mode: 'intercept' } as Rule,
    });
    let calls = 0;
    const count = async (): Promise<number> => ++calls;
    const wrong = sluice.protect('pay', count, { signal: () => new AbortController() as never });
    await expect(wrong()).rejects.toThrow('protect("pay"): signal has to answer an AbortSignal, got object');
    await expect(sluice.protect('pay', count, { signal: () => null as never })()).resolves.toBe(1);
    expect(sluice.guarding().resources).toMatchObject([{ active: 0 }]);
  });

  it('as an outcome counts for nothing where it is none', async () => {
    const { sluice, clock } = bench();
    const seconds: CallsSecond[] = [];
    sluice.on('calls', (second) => seconds.push(second));
    const late = Promise.reject(new Error('late'));
    const outcomes = [undefined, 'ok', Promise.resolve('error'), late] as unknown[] as Outcome[];
    for (const outcome of outcomes)
      await sluice.protect('pay', async () => 'paid', { outcome: () => outcome })();
    sluice.entry('pay').exit('failed' as Outcome);
    await clock.advance(1000);
    expect(seconds).toMatchObject([{ resources: [{ success: 4, errors: 1, aborted: 0 }] }]);
  });
});

describe('gate', () => {
  it('lets calls of its resource in at once, or throws what they are refused with', async () => {
    const { sluice } = bench();
    const gate = sluice.gate('pay', { type: 'rpc' });
    await sluice.rules({ each: limitOf(1, { per: { by: 'user' } } as Partial<Rule>) });
    const passage = gate.admit({ user: 'ann' }) as Passage;
    expect(sluice.guarding().resources).toMatchObject([{ resource: 'pay', type: 'rpc', active: 1 }]);
    passage.exit('error');
    passage.exit();
    expect(caught(() => gate.admit({ user: 'ann' }))).toMatchObject({
      code: 'limited',
      resource: 'pay',
      type: 'rpc',
    });
    expect(gate.admit({ user: 'bob' })).not.toBeInstanceOf(Promise);
    expect(sluice.guarding().resources).toMatchObject([{ active: 1 }]);
    expect(() => sluice.gate('')).toThrow(TypeError);
  });

  it('tells whoever listens', async () => {
    const { sluice } = bench();
    const gate = sluice.gate('pay');
    const [blocked, would]: [unknown[], unknown[]] = [[], []];
    sluice.on('blocked', (error) => blocked.push(error));
    sluice.on('wouldBlock', (call) => would.push(call));
    await sluice.rules({ pay: limitOf(2), few: limitOf(1, { mode: 'monitor' }) });
    for (let i = 0; i < 2; i++) (gate.admit() as Passage).exit();
    expect([blocked, would]).toEqual([[], [{ resource: 'pay', type: 'method', rules: ['rules/few'] }]]);
    const error = caught(() => gate.admit());
    expect([blocked, would.length]).toEqual([[error], 1]);
  });

  it('has a call wait only where a rule says so, and asks for its signal only then', async () => {
    const { sluice, clock } = bench();
    const gate = sluice.gate('pay');
    const giving = new AbortController();
    let asked = 0;
    const call = {
      signal() {
        asked += 1;
        return giving.signal;
      },
    };
    await sluice.rules({ pace: limitOf(1, { algorithm: 'leakyBucket', maxQueueMs: 5000 } as Partial<Rule>) });
    (gate.admit(call) as Passage).exit();
    expect(asked).toBe(0);
    const [second, third] = [gate.admit(call), gate.admit(call)] as Promise<Passage>[];
    expect(asked).toBe(2);
    await clock.advance(1000);
    (await second)!.exit();
    giving.abort(new Error('gone'));
    await expect(third).rejects.toThrow('gone');
    expect(sluice.guarding().resources).toMatchObject([{ active: 0 }]);
  });
});
