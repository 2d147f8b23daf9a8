import { describe, expect, it } from '@jest/globals';
import type { BreakerState } from '../model/breaker-rule.ts';
import type { Outcome } from '../model/call.ts';
import { Breaker, type BreakerChange, type Generations } from './breaker.ts';
import type { BreakerShape } from './breaker-shape.ts';

const base: BreakerShape = {
  strategy: 'errorRatio',
  threshold: 0.5,
  slowMs: Number.POSITIVE_INFINITY,
  minCalls: 4,
  windowMs: 10_000,
  openMs: 1000,
  backoff: { multiplier: 1, maxMs: Number.POSITIVE_INFINITY },
  probes: 2,
  maxHalfOpenMs: 5000,
  forced: undefined,
};

/** A breaker with its generations and all changes, told calls that take no time unless they say so. */
class Bench {
  readonly generations: Generations = { current: 0 };
  readonly changes: BreakerChange[] = [];
  readonly breaker: Breaker;

  constructor(shape: Partial<BreakerShape> = {}) {
    this.breaker = new Breaker({ ...base, ...shape }, 0, this.generations, (c) => this.changes.push(c));
  }

  /** The generation that a call enters under; undefined when it may not. */
  enter(nowMs: number): number | undefined {
    if (this.breaker.peek({ nowMs }) > 0) return undefined;
    this.breaker.commit({ nowMs });
    return this.generations.current;
  }

  call(nowMs: number, outcome: Outcome = 'success', durationMs = 0): boolean {
    const generation = this.enter(nowMs);
    if (generation === undefined) return false;
    this.breaker.settle(generation, outcome, { startMs: nowMs }, { nowMs: nowMs + durationMs });
    return true;
  }

  calls(nowMs: number, ...outcomes: Outcome[]): BreakerState {
    for (const outcome of outcomes) this.call(nowMs, outcome);
    return this.breaker.state(nowMs);
  }

  get path(): string[] {
    return this.changes.map((c) => `${c.from}>${c.to}@${c.atMs} ${c.reason}`);
  }
}

describe('Breaker', () => {
  it('opens when its threshold is reached, not only passed, and not before enough calls', () => {
    expect(new Bench().calls(0, 'error', 'error', 'error')).toBe('closed');
    expect(new Bench().calls(0, 'error', 'success', 'error', 'success')).toBe('open');
    expect(new Bench().calls(0, 'error', 'success', 'success', 'success')).toBe('closed');
    expect(new Bench({ strategy: 'errorCount', threshold: 3 }).calls(0, 'error', 'error', 'success')).toBe(
      'closed',
    );
    expect(
      new Bench({ strategy: 'errorCount', threshold: 3 }).calls(0, 'error', 'success', 'error', 'error'),
    ).toBe('open');
  });

  it('counts errors in a row', () => {
    const shape = { strategy: 'consecutiveErrors', threshold: 3, minCalls: 1 } as const;
    expect(new Bench(shape).calls(0, 'error', 'error', 'success', 'error', 'error')).toBe('closed');
    expect(new Bench(shape).calls(0, 'error', 'abort', 'error', 'error')).toBe('open');
  });

  it('counts slow calls, whether they failed or not', () => {
    const bench = new Bench({ strategy: 'slowCallRatio', threshold: 0.5, slowMs: 100 });
    bench.call(0, 'error', 100);
    bench.call(0, 'success', 101);
    bench.call(0, 'success', 5);
    expect(bench.breaker.state(0)).toBe('closed');
    bench.call(0, 'error', 500);
    expect(bench.breaker.state(600)).toBe('open');
  });

  it('does not count calls that were given up, nor those that are too old', () => {
    const bench = new Bench();
    expect(bench.calls(0, 'abort', 'abort', 'abort', 'abort', 'error')).toBe('closed');
    expect(bench.calls(9_000, 'error')).toBe('closed');
    expect(bench.calls(11_000, 'success', 'success', 'success')).toBe('closed');
    expect(bench.breaker.value(11_000)).toBe(0.25);
  });

  it('stays open for its time, lets probes through, and closes when all are good', () => {
    const bench = new Bench();
    bench.calls(0, 'error', 'error', 'error', 'error');
    expect(bench.breaker.retryAfterMs(400)).toBe(600);
    expect(bench.call(999)).toBe(false);
    const [a, b] = [bench.enter(1000), bench.enter(1000)];
    expect(bench.enter(1001)).toBeUndefined();
    bench.breaker.settle(a!, 'success', { startMs: 1005 }, { nowMs: 1005 });
    expect(bench.enter(1006)).toBeUndefined();
    bench.breaker.settle(b!, 'success', { startMs: 1007 }, { nowMs: 1007 });
    expect(bench.path).toEqual([
      'closed>open@0 threshold',
      'open>halfOpen@1000 probing',
      'halfOpen>closed@1007 probesGood',
    ]);
    expect(bench.changes[0]).toMatchObject({ value: 1, calls: 4 });
    expect(bench.calls(1008, 'error', 'error', 'error')).toBe('closed');
  });

  it('opens again at the first bad probe, for longer each time, up to a bound', () => {
    const bench = new Bench({ backoff: { multiplier: 2, maxMs: 3000 } });
    bench.calls(0, 'error', 'error', 'error', 'error');
    for (const atMs of [1000, 3000, 6000, 9000]) bench.call(atMs, 'error');
    expect(bench.path.filter((line) => line.includes('>open'))).toEqual([
      'closed>open@0 threshold',
      'halfOpen>open@1000 probeBad',
      'halfOpen>open@3000 probeBad',
      'halfOpen>open@6000 probeBad',
      'halfOpen>open@9000 probeBad',
    ]);
    expect(bench.breaker.retryAfterMs(9000)).toBe(3000);
    bench.calls(12_000, 'success', 'success', 'error', 'error', 'error', 'error');
    expect(bench.breaker.retryAfterMs(12_000)).toBe(1000);
  });

  it('gives the permit of a probe back that was given up', () => {
    const bench = new Bench({ probes: 1 });
    bench.calls(0, 'error', 'error', 'error', 'error');
    for (let i = 0; i < 10; i++) expect(bench.call(1000 + i, 'abort')).toBe(true);
    expect(bench.breaker.state(1100)).toBe('halfOpen');
    expect(bench.call(1100)).toBe(true);
    expect(bench.breaker.state(1100)).toBe('closed');
  });

  it('ends a probe that never settles, and drops its result when it does', () => {
    const bench = new Bench();
    bench.calls(0, 'error', 'error', 'error', 'error');
    const [stuck, other] = [bench.enter(1000)!, bench.enter(1000)!];
    expect(bench.breaker.retryAfterMs(2000)).toBe(4000);
    expect(bench.call(5999)).toBe(false);
    expect(bench.breaker.state(6000)).toBe('open');
    expect(bench.call(6999)).toBe(false);
    expect(bench.call(7000)).toBe(true);
    bench.breaker.settle(stuck, 'error', { startMs: 7001 }, { nowMs: 7001 });
    bench.breaker.settle(other, 'abort', { startMs: 7001 }, { nowMs: 7001 });
    expect([bench.breaker.state(7001), bench.breaker.probesInFlight]).toEqual(['halfOpen', 0]);
    expect(bench.call(7002)).toBe(true);
    expect(bench.path.slice(2)).toEqual([
      'halfOpen>open@6000 noVerdict',
      'open>halfOpen@7000 probing',
      'halfOpen>closed@7002 probesGood',
    ]);
  });

  it('waits for its probes as long as they take to come: only one under way can be too late', () => {
    const bench = new Bench({ probes: 3, backoff: { multiplier: 2, maxMs: 3_600_000 } });
    bench.calls(0, 'error', 'error', 'error', 'error');
    for (const atMs of [60_000, 120_000, 180_000]) expect(bench.call(atMs)).toBe(true);
    expect(bench.path.slice(1)).toEqual(['open>halfOpen@60000 probing', 'halfOpen>closed@180000 probesGood']);
    bench.calls(180_000, 'error', 'error', 'error', 'error');
    expect(bench.call(300_000, 'abort')).toBe(true);
    expect([bench.breaker.state(900_000), bench.breaker.retryAfterMs(900_000)]).toEqual(['halfOpen', 0]);
  });

  it('gives each probe its own time', () => {
    const bench = new Bench({ probes: 3 });
    bench.calls(0, 'error', 'error', 'error', 'error');
    const [early, late] = [bench.enter(1000)!, bench.enter(5000)!];
    bench.breaker.settle(early, 'success', { startMs: 1000 }, { nowMs: 5500 });
    expect(bench.breaker.state(9999)).toBe('halfOpen');
    bench.breaker.settle(late, 'success', { startMs: 5000 }, { nowMs: 9999 });
    expect(bench.enter(20_000)).toBeDefined();
    expect([bench.breaker.state(24_999), bench.breaker.state(25_000)]).toEqual(['halfOpen', 'open']);
  });

  it('closes when fewer probes have to be good than were already', () => {
    const bench = new Bench({ probes: 3 });
    bench.calls(0, 'error', 'error', 'error', 'error');
    bench.calls(1000, 'success', 'success');
    const late = bench.enter(1001)!;
    bench.breaker.reshape({ ...base, probes: 2 }, 1002);
    expect(bench.path.at(-1)).toBe('halfOpen>closed@1002 probesGood');
    bench.breaker.settle(late, 'error', { startMs: 1001 }, { nowMs: 1003 });
    expect([bench.breaker.value(1003), bench.call(1003)]).toEqual([0, true]);
    const fewer = new Bench({ probes: 3 });
    fewer.calls(0, 'error', 'error', 'error', 'error');
    fewer.enter(1000);
    fewer.enter(1000);
    fewer.breaker.reshape({ ...base, probes: 1 }, 1001);
    expect([fewer.call(1002), fewer.breaker.state(1002)]).toEqual([false, 'halfOpen']);
    expect(fewer.breaker.state(6000)).toBe('open');
  });

  it('drops results of calls that began before it changed', () => {
    const bench = new Bench();
    const early = Array.from({ length: 10 }, () => bench.enter(0)!);
    bench.calls(0, 'error', 'error', 'error', 'error');
    const probe = bench.enter(1000)!;
    for (const generation of early)
      bench.breaker.settle(generation, 'error', { startMs: 1001 }, { nowMs: 1001 });
    expect([bench.breaker.state(1001), bench.breaker.probesInFlight]).toEqual(['halfOpen', 1]);
    bench.breaker.settle(probe, 'success', { startMs: 1002 }, { nowMs: 1002 });
    bench.call(1002);
    expect(bench.breaker.state(1002)).toBe('closed');
    for (const generation of early)
      bench.breaker.settle(generation, 'error', { startMs: 1003 }, { nowMs: 1003 });
    expect(bench.breaker.value(1003)).toBe(0);
  });

  it('is held open and closed by hand until a moment, whatever happens', () => {
    const open = new Bench({ forced: { state: 'open', untilMs: 5000 } });
    expect([open.call(4999), open.breaker.retryAfterMs(0)]).toEqual([false, 5000]);
    expect(open.call(5000)).toBe(true);
    expect(open.breaker.state(5000)).toBe('halfOpen');
    const closed = new Bench({ forced: { state: 'closed', untilMs: 5000 } });
    expect(closed.calls(0, ...new Array<Outcome>(20).fill('error'))).toBe('forcedClosed');
    const late = closed.enter(4999)!;
    expect(closed.breaker.state(5000)).toBe('closed');
    closed.breaker.settle(late, 'error', { startMs: 5009 }, { nowMs: 5009 });
    expect(closed.breaker.value(5009)).toBe(0);
    expect(new Bench({ forced: { state: 'open', untilMs: -1 } }).breaker.state(0)).toBe('closed');
  });

  it('takes a hand that comes and goes while it runs', () => {
    const bench = new Bench();
    bench.breaker.reshape({ ...base, forced: { state: 'open', untilMs: 9000 } }, 100);
    expect(bench.call(200)).toBe(false);
    bench.breaker.reshape({ ...base, forced: { state: 'open', untilMs: 300 } }, 200);
    expect(bench.breaker.retryAfterMs(200)).toBe(100);
    bench.breaker.reshape({ ...base, forced: { state: 'closed', untilMs: 9000 } }, 250);
    expect(bench.breaker.state(250)).toBe('forcedClosed');
    bench.breaker.reshape(base, 260);
    expect(bench.path).toEqual([
      'closed>forcedOpen@100 forced',
      'forcedOpen>forcedClosed@250 forced',
      'forcedClosed>closed@260 forceEnded',
    ]);
  });

  it('keeps its state, its deadline and its counts when the rule changes', () => {
    const bench = new Bench();
    bench.calls(0, 'error', 'error', 'error', 'error');
    bench.breaker.reshape({ ...base, openMs: 60_000, threshold: 0.9, windowMs: 500 }, 500);
    expect(bench.breaker.retryAfterMs(500)).toBe(500);
    expect(bench.call(1000)).toBe(true);
    const counting = new Bench();
    counting.calls(0, 'error', 'error', 'success');
    counting.breaker.reshape({ ...base, windowMs: 60_000 }, 100);
    expect(counting.calls(5000, 'error')).toBe('open');
    const other = new Bench();
    other.calls(0, 'error', 'error', 'error');
    other.breaker.reshape({ ...base, strategy: 'slowCallRatio', slowMs: 10 }, 100);
    expect([other.call(100, 'error', 0), other.breaker.state(100)]).toEqual([true, 'closed']);
  });

  it('treats a clock that goes back as one that stands still', () => {
    const bench = new Bench();
    bench.calls(5000, 'error', 'error', 'error', 'error');
    expect(bench.call(10)).toBe(false);
    expect(bench.call(5999)).toBe(false);
    expect(bench.call(6000)).toBe(true);
  });
});
