import { describe, expect, it, jest } from '@jest/globals';
import type { Json } from '@sluice/core';
import { manualClock } from '../../testing/manual-clock.ts';
import { type TestFault, testSluice } from '../../testing/test-sluice.ts';
import { BlockedError } from '../blocked-error.ts';
import { mostHeld } from './held-calls.ts';
import type { InjectedCall } from './injected-call.ts';
import { InjectedError } from './injected-error.ts';

const at = { resource: { match: 'exact', value: 'pay' } } as const;
const slow = (ms: number): TestFault => ({ ...at, fault: 'delay', delay: { distribution: 'fixed', ms } });
const failing: TestFault = {
  ...at,
  fault: 'error',
  name: 'PoolError',
  message: 'no connection',
  code: 'EPOOL',
};
const hanging: TestFault = { ...at, fault: 'hang' };

function shop(fault: Readonly<Record<string, TestFault>>) {
  const clock = manualClock();
  const sluice = testSluice({}, { clock });
  sluice.faults(fault);
  const calls: string[] = [];
  const later = sluice.protect('pay', async (what: string) => {
    calls.push(what);
    return `paid ${what}`;
  });
  const now = sluice.protect('pay', (what: string) => {
    calls.push(what);
    return `paid ${what}`;
  });
  const tally = () => sluice.guarding().drills.at(-1)!;
  return { clock, sluice, later, now, calls, tally };
}

/** Whether a promise has an answer, after everything else that is due has happened. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol('open');
  await new Promise((resolve) => setImmediate(resolve));
  return (await Promise.race([promise.catch(() => undefined), Promise.resolve(open)])) !== open;
}

describe('a fault in a guarded function', () => {
  it('is the error that it says, for functions of both kinds, and the function is not called', async () => {
    const { later, now, calls, tally } = shop({ down: failing });
    const error = await later('a').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InjectedError);
    expect(error).toMatchObject({
      name: 'PoolError',
      message: 'no connection',
      code: 'EPOOL',
      kind: 'error',
      drillId: 'test-1',
      fault: 'down',
    });
    expect(() => now('b')).toThrow('no connection');
    expect(calls).toEqual([]);
    expect(tally()).toMatchObject({
      state: 'active',
      faults: [{ fault: 'down', eligible: 2, injected: 2 }],
      callers: { ok: 0, error: 2, degraded: 0, blocked: 0, abandoned: 0 },
    });
  });

  it('is a value of the caller’s own, where it is known what the function answers', async () => {
    const value: Json = { books: [] };
    const { later, now, calls, tally, sluice } = shop({ stale: { ...at, fault: 'return', value } });
    // Nobody knows yet whether its callers take a promise.
    expect(now('a')).toBe('paid a');
    const answer = now('b') as unknown as { books: string[] };
    expect(answer).toEqual(value);
    answer.books.push('mine');
    expect(await later('c')).toEqual(value);
    expect(calls).toEqual(['a']);
    expect(tally().faults).toMatchObject([{ eligible: 3, injected: 2, notInjectable: 1 }]);
    const thenable = sluice.protect('pay', (what: string) => Promise.resolve(what));
    expect(await thenable('d')).toBe('d');
    expect(await thenable('e')).toEqual(value);
  });

  it('is never kept as the last good answer', async () => {
    const { sluice, later, clock } = shop({ stale: { ...at, fault: 'return', value: 'stale' } });
    expect(await later('a')).toBe('stale');
    sluice.faults({});
    await clock.advance(2000);
    const onBlock = { answer: 'lastGood' } as const;
    await sluice.rules({ off: { ...at, kind: 'degrade', mode: 'intercept', onBlock } });
    await expect(later('b')).rejects.toBeInstanceOf(BlockedError);
    await sluice.rules({});
    expect(await later('c')).toBe('paid c');
    await sluice.rules({ off: { ...at, kind: 'degrade', mode: 'intercept', onBlock } });
    expect(await later('d')).toBe('paid c');
  });

  it('delays what takes a promise, and calls it then', async () => {
    const { later, calls, clock, tally, sluice } = shop({ slow: slow(300) });
    const answer = later('a');
    await clock.advance(299);
    expect([calls, tally().faults[0]?.held]).toEqual([[], 1]);
    expect(sluice.guarding().resources[0]?.active).toBe(1);
    await clock.advance(1);
    expect(await answer).toBe('paid a');
    expect(tally().faults[0]).toMatchObject({ held: 0, released: 0, injected: 1 });
  });

  it('can’t delay or hang what takes none, and says so', () => {
    const { now, tally } = shop({ slow: slow(300), stuck: hanging });
    expect(now('a')).toBe('paid a');
    expect(tally().faults.map(({ notInjectable, injected }) => [notInjectable, injected])).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });

  it('hangs until it ends, then throws; what is delayed goes on', async () => {
    const { later, sluice, calls, tally } = shop({ stuck: { ...hanging, perMillion: 1_000_000 } });
    const hung = later('a');
    expect(await isSettled(hung)).toBe(false);
    sluice.faults({ slow: slow(60_000) });
    await expect(hung).rejects.toMatchObject({ kind: 'hang', statusCode: 504 });
    expect(sluice.guarding().drills[0]).toMatchObject({ state: 'ended', endedBecause: 'ended' });
    expect(sluice.guarding().drills[0]?.faults[0]).toMatchObject({ held: 0, released: 1 });
    const delayed = later('b');
    expect(await isSettled(delayed)).toBe(false);
    sluice.faults({});
    expect(await delayed).toBe('paid b');
    expect(calls).toEqual(['b']);
    expect(tally().callers).toMatchObject({ ok: 1 });
  });

  it('lets a hang go at its own deadline', async () => {
    const clock = manualClock();
    const sluice = testSluice({}, { clock });
    const deadline = new Date(clock.now() + 5000).toISOString();
    sluice.faults({ stuck: { ...hanging, deadline } });
    const hung = sluice.protect('pay', async () => 'paid')();
    const seen = expect(hung).rejects.toMatchObject({ kind: 'hang' });
    await clock.advance(4999);
    expect(await isSettled(hung)).toBe(false);
    await clock.advance(1);
    await seen;
    expect(await sluice.protect('pay', async () => 'paid')()).toBe('paid');
  });

  it('lets a caller give up that is held back', async () => {
    const { sluice, tally } = shop({ stuck: hanging });
    const stop = new AbortController();
    const run = jest.fn(async () => 'paid');
    const pay = sluice.protect('pay', run, { async: true, signal: () => stop.signal });
    const hung = pay();
    expect(await isSettled(hung)).toBe(false);
    stop.abort();
    await expect(hung).rejects.toMatchObject({ name: 'AbortError' });
    expect(run).not.toHaveBeenCalled();
    expect(tally()).toMatchObject({
      faults: [{ held: 0, released: 1 }],
      callers: { abandoned: 1, error: 0 },
    });
    expect(sluice.guarding().resources[0]?.active).toBe(0);
  });

  it('blocks the event loop for as long as it says, and goes on', () => {
    const { now, calls } = shop({ stall: { ...at, fault: 'blockEventLoop', ms: 30 } });
    const began = performance.now();
    expect(now('a')).toBe('paid a');
    expect(performance.now() - began).toBeGreaterThanOrEqual(30);
    expect(calls).toEqual(['a']);
  });

  it('looks to the caller of an abort like what its protocol has', async () => {
    const { sluice, later } = shop({
      gone: { ...at, fault: 'abort', protocol: 'http', status: 503, body: 'later' },
    });
    await expect(later('a')).rejects.toMatchObject({ status: 503, statusCode: 503, message: 'later' });
    sluice.faults({ gone: { ...at, fault: 'abort', protocol: 'grpc', status: 14, message: 'no route' } });
    await expect(later('a')).rejects.toMatchObject({ code: 14, details: 'no route' });
    expect(sluice.guarding().drills.map(({ callers }) => callers.error)).toEqual([1, 1]);
    sluice.faults({ gone: { ...at, fault: 'abort', protocol: 'http', status: 404 } });
    await expect(later('a')).rejects.toMatchObject({ status: 404 });
    expect(sluice.guarding().drills.at(-1)?.callers).toMatchObject({ error: 0, ok: 1 });
  });

  it('is seen by breakers, fallbacks and retries around it', async () => {
    const { sluice, clock, tally } = shop({ down: failing });
    await sluice.rules({
      fuse: {
        ...at,
        kind: 'breaker',
        mode: 'intercept',
        strategy: 'consecutiveErrors',
        threshold: 3,
        minCalls: 3,
        windowMs: 10_000,
        openMs: 5000,
      },
    });
    const heard: string[] = [];
    sluice.on('breaker', ({ to }) => heard.push(to));
    const pay = sluice.protect('pay', async () => 'paid', { fallback: (error) => (error as Error).name });
    expect([await pay(), await pay(), await pay(), await pay()]).toEqual([
      'PoolError',
      'PoolError',
      'PoolError',
      'BlockedError',
    ]);
    expect(heard).toEqual(['open']);
    expect(tally()).toMatchObject({
      faults: [{ eligible: 3, injected: 3 }],
      callers: { ok: 0, error: 0, degraded: 4, blocked: 0 },
    });
    sluice.faults({});
    await clock.advance(5001);
    expect(await pay()).toBe('paid');
  });

  it('counts refused callers who get nothing else as blocked', async () => {
    const { sluice, later, tally } = shop({ rare: { ...failing, perMillion: 1 } });
    await sluice.rules({
      one: {
        ...at,
        kind: 'limit',
        mode: 'intercept',
        algorithm: 'tokenBucket',
        limit: 1,
        intervalMs: 60_000,
      },
    });
    expect(await later('a')).toBe('paid a');
    await expect(later('b')).rejects.toBeInstanceOf(BlockedError);
    expect(tally().callers).toEqual({ ok: 1, error: 0, degraded: 0, blocked: 1, abandoned: 0 });
  });

  it('counts an answer that comes later where its refusal was counted, if at all', async () => {
    const { sluice, tally } = shop({});
    const refusals: BlockedError[] = [];
    const answers: ((answer: string) => void)[] = [];
    const pay = sluice.protect('pay', async () => 'paid', {
      fallback: (error) => {
        refusals.push(error as BlockedError);
        return new Promise<string>((resolve) => answers.push(resolve));
      },
    });
    const rare = { rare: { ...failing, perMillion: 1 } };
    await sluice.rules({
      off: {
        ...at,
        kind: 'degrade',
        mode: 'intercept',
        onBlock: { answer: 'fallback', name: 'nobody' },
      },
    });
    const refusedBefore = pay();
    sluice.faults(rare);
    const refusedDuring = pay();
    answers[0]!('before');
    expect(await refusedBefore).toBe('before');
    const none = { ok: 0, error: 0, degraded: 0, blocked: 0, abandoned: 0 };
    expect(tally().callers).toEqual({ ...none, blocked: 1 });
    sluice.faults({});
    answers[1]!('during');
    expect(await refusedDuring).toBe('during');
    expect(tally().callers).toEqual({ ...none, degraded: 1 });
    // An app may ask for the answer whenever it likes: this drill has seen none of these refusals.
    sluice.faults(rare);
    sluice.fallback('nobody', () => 'asked for');
    for (const refusal of refusals) expect(sluice.answer(refusal)).toBe('asked for');
    expect(tally().callers).toEqual(none);
  });

  it('is told of to listeners, to nested calls and to reports', async () => {
    const { sluice, clock } = shop({ slow: slow(10) });
    const heard: InjectedCall[] = [];
    const seconds: unknown[] = [];
    sluice.on('injected', (call) => heard.push(call));
    sluice.on('calls', ({ resources }) => seconds.push(...resources));
    await sluice.rules({
      tagged: {
        kind: 'access',
        mode: 'intercept',
        resource: { match: 'exact', value: 'stock' },
        effect: 'deny',
        by: 'tag',
        tag: 'sluice.fault',
        values: ['test-1/slow'],
      },
    });
    const stock = sluice.protect('stock', async () => 'there');
    const pay = sluice.protect('pay', async () => stock().catch((error: unknown) => (error as Error).name));
    const answer = pay();
    await clock.advance(10);
    expect(await answer).toBe('BlockedError');
    expect(await stock()).toBe('there');
    expect(heard).toEqual([
      { resource: 'pay', type: 'method', drillId: 'test-1', fault: 'slow', kind: 'delay', holdMs: 10 },
    ]);
    await clock.advance(1000);
    expect(seconds).toMatchObject([
      { resource: 'pay', injected: 1, success: 1, injectedEnds: { success: 1, error: 0, abort: 0 } },
      { resource: 'stock', injected: 0, injectedEnds: { success: 0, error: 0, abort: 0 } },
    ]);
  });

  it('ends by itself, with all others, when as many calls are held as may be', async () => {
    const { later, tally } = shop({ stuck: hanging });
    const hung = Array.from({ length: mostHeld }, () => later('a'));
    for (const each of hung) await expect(each).rejects.toMatchObject({ kind: 'hang' });
    expect(tally()).toMatchObject({
      state: 'ended',
      endedBecause: 'overloaded',
      faults: [{ held: 0, released: mostHeld }],
    });
    expect(await later('b')).toBe('paid b');
  });
});

describe('a fault in a call that is let in by hand', () => {
  it('is thrown where it can be, and the call has ended', async () => {
    const { sluice, tally } = shop({ down: failing });
    expect(() => sluice.entry('pay')).toThrow('no connection');
    await expect(sluice.enter('pay')).rejects.toBeInstanceOf(InjectedError);
    expect(() => sluice.gate('pay').admit()).toThrow('no connection');
    expect(sluice.guarding().resources[0]?.active).toBe(0);
    expect(tally().callers.error).toBe(3);
  });

  it('holds back who may wait, and nobody else', async () => {
    const { sluice, clock, tally } = shop({ slow: slow(50) });
    sluice.entry('pay').exit();
    const passages = [sluice.enter('pay'), sluice.gate('pay').admit()];
    expect(await Promise.all(passages.map(async (each) => isSettled(Promise.resolve(each))))).toEqual([
      false,
      false,
    ]);
    await clock.advance(50);
    for (const passage of await Promise.all(passages)) {
      expect(passage.fault).toBe('test-1/slow');
      passage.exit();
    }
    expect(tally()).toMatchObject({
      faults: [{ eligible: 3, injected: 2, notInjectable: 1 }],
      callers: { ok: 3 },
    });
  });

  it('is an answer only in the protocol of the caller', async () => {
    const { sluice } = shop({
      gone: { ...at, fault: 'abort', protocol: 'http', status: 503, body: 'later' },
    });
    const error = (await sluice.enter('pay', { protocol: 'http' }).catch((e: unknown) => e)) as InjectedError;
    expect(error.toHttp()).toMatchObject({ status: 503, body: 'later' });
    (await sluice.enter('pay', { protocol: 'grpc' })).exit();
    sluice.faults({ stale: { ...at, fault: 'return', value: [1] } });
    const stale = (await sluice.enter('pay', { protocol: 'http' }).catch((e: unknown) => e)) as InjectedError;
    expect(stale.toHttp()).toMatchObject({ status: 200, body: '[1]' });
    for (const options of [{}, { protocol: 'grpcStream' as const }])
      (await sluice.enter('pay', options)).exit();
    expect(sluice.guarding().drills.at(-1)?.faults[0]?.notInjectable).toBe(2);
  });
});

describe('faults of a test', () => {
  it('are refused where they can’t be, with the field', () => {
    const sluice = testSluice();
    expect(() => sluice.faults({ odd: { ...at, fault: 'blockEventLoop', ms: -1 } })).toThrow('faults.odd.ms');
  });

  it('pick the same calls each time, within a budget', async () => {
    const picked = async () => {
      const { sluice, later } = shop({});
      sluice.faults({ down: { ...failing, perMillion: 300_000 } }, { budgetPerMillion: 200_000 });
      const all = Array.from({ length: 200 }, () =>
        later('a').then(
          () => 0,
          () => 1,
        ),
      );
      return (await Promise.all(all)).join('');
    };
    const first = await picked();
    expect(await picked()).toBe(first);
    const broken = [...first].filter((each) => each === '1').length;
    expect(broken).toBeGreaterThan(30);
    expect(broken).toBeLessThanOrEqual(40);
  });
});
