import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seededDraw } from '../guarding/seeded-draw.ts';
import type { Outcome } from '../model/call.ts';
import { Breaker, type Generations } from './breaker.ts';
import type { BreakerShape } from './breaker-shape.ts';

/** `SLUICE_LONG_TESTS=1` takes a million random steps. */
const times = process.env.SLUICE_LONG_TESTS ? 5 : 1;

interface Flying {
  readonly generation: number;
  readonly model: number;
  readonly sinceMs: number;
}

/** The same told from lists: every result that counts is kept, every probe has its own entry. */
class Listed {
  readonly shape: BreakerShape;
  state: 'closed' | 'open' | 'halfOpen' = 'closed';
  era = 0;
  untilMs = 0;
  round = 0;
  results: { bucket: number; isBad: boolean }[] = [];
  probes: { sinceMs: number; untilMs: number }[] = [];
  good = 0;

  constructor(shape: BreakerShape) {
    this.shape = shape;
  }

  openAt(atMs: number, round: number): void {
    const { openMs, backoff } = this.shape;
    this.state = 'open';
    this.era++;
    this.round = round;
    this.untilMs = atMs + Math.min(openMs * backoff.multiplier ** round, Math.max(openMs, backoff.maxMs));
  }

  pass(nowMs: number): void {
    const endMs = Math.min(...this.probes.map(({ untilMs }) => untilMs));
    if (this.state === 'halfOpen' && nowMs >= endMs) this.openAt(endMs, this.round + 1);
  }

  enter(nowMs: number): number | undefined {
    this.pass(nowMs);
    if (this.state === 'open' && nowMs >= this.untilMs) {
      this.state = 'halfOpen';
      this.era++;
      this.probes = [];
      this.good = 0;
    } else if (this.state === 'open') return undefined;
    if (this.state === 'halfOpen') {
      if (this.probes.length + this.good >= this.shape.probes) return undefined;
      this.probes.push({ sinceMs: nowMs, untilMs: nowMs + this.shape.maxHalfOpenMs });
    }
    return this.era;
  }

  settle(era: number, outcome: Outcome, durationMs: number, nowMs: number): void {
    this.pass(nowMs);
    if (era !== this.era) return;
    const isBad =
      this.shape.strategy === 'slowCallRatio' ? durationMs > this.shape.slowMs : outcome === 'error';
    if (this.state === 'halfOpen') this.settleProbe(outcome, isBad, durationMs, nowMs);
    else if (outcome !== 'abort') this.settleClosed(isBad, nowMs);
  }

  settleProbe(outcome: Outcome, isBad: boolean, durationMs: number, nowMs: number): void {
    this.probes.splice(
      this.probes.findIndex(({ sinceMs }) => sinceMs === nowMs - durationMs),
      1,
    );
    if (outcome === 'abort') return;
    if (isBad) this.openAt(nowMs, this.round + 1);
    else if (++this.good >= this.shape.probes) {
      this.state = 'closed';
      this.era++;
      this.results = [];
    }
  }

  settleClosed(isBad: boolean, nowMs: number): void {
    const { strategy, threshold, minCalls, windowMs } = this.shape;
    const bucket = Math.floor(nowMs / (windowMs / 10));
    this.results.push({ bucket, isBad });
    const recent = this.results.filter((result) => result.bucket > bucket - 10);
    const bad = recent.filter((result) => result.isBad).length;
    const lastGood = this.results.findLastIndex((result) => !result.isBad);
    const value =
      strategy === 'errorCount'
        ? bad
        : strategy === 'consecutiveErrors'
          ? this.results.length - 1 - lastGood
          : bad / recent.length;
    if (recent.length >= minCalls && value >= threshold) this.openAt(nowMs, 0);
  }
}

const shapes = fc
  .record({
    strategy: fc.constantFrom('errorRatio', 'errorCount', 'consecutiveErrors', 'slowCallRatio'),
    level: fc.integer({ min: 1, max: 10 }),
    slowMs: fc.integer({ min: 1, max: 40 }),
    minCalls: fc.integer({ min: 1, max: 15 }),
    windowMs: fc.integer({ min: 1, max: 100 }).map((n) => n * 10),
    openMs: fc.integer({ min: 1, max: 300 }),
    multiplier: fc.constantFrom(1, 2),
    probes: fc.integer({ min: 1, max: 4 }),
    maxHalfOpenMs: fc.integer({ min: 1, max: 200 }),
  })
  .map(({ level, multiplier, ...more }): BreakerShape => {
    const isRatio = more.strategy === 'errorRatio' || more.strategy === 'slowCallRatio';
    const backoff = { multiplier, maxMs: 2000 };
    return { ...more, threshold: isRatio ? level / 10 : level, backoff, forced: undefined };
  });

const outcomeOf = (drawn: number): Outcome => (drawn < 0.45 ? 'success' : drawn < 0.85 ? 'error' : 'abort');

/** The two beside each other: calls that come, overlap, end somehow or never. */
class Race {
  readonly draw: () => number;
  readonly generations: Generations = { current: 0 };
  readonly breaker: Breaker;
  readonly listed: Listed;
  readonly flying: Flying[] = [];
  nowMs = 0;
  opened = 0;
  closed = 0;

  constructor(shape: BreakerShape, draw: () => number) {
    this.draw = draw;
    this.listed = new Listed(shape);
    this.breaker = new Breaker(shape, 0, this.generations, ({ to }) => {
      if (to === 'open') this.opened++;
      if (to === 'closed') this.closed++;
    });
  }

  step(): void {
    this.nowMs += Math.floor(this.draw() * (this.draw() < 0.01 ? 1000 : 10));
    if (this.draw() < 0.5 || this.flying.length === 0) this.enter();
    else this.settle();
    if (this.breaker.probesInFlight > this.listed.shape.probes)
      throw new Error(`${this.breaker.probesInFlight} probes`);
  }

  enter(): void {
    const model = this.listed.enter(this.nowMs);
    const goes = this.breaker.peek(this) === 0;
    if (goes !== (model !== undefined)) throw new Error(`at ${this.nowMs}: ${goes}`);
    if (model === undefined) return;
    this.breaker.commit(this);
    this.flying.push({ generation: this.generations.current, model, sinceMs: this.nowMs });
  }

  settle(): void {
    const call = this.flying.splice(Math.floor(this.draw() * this.flying.length), 1)[0]!;
    // Some calls never come back.
    if (this.draw() < 0.02) return;
    const [outcome, durationMs] = [outcomeOf(this.draw()), this.nowMs - call.sinceMs];
    this.breaker.settle(call.generation, outcome, { startMs: call.sinceMs }, { nowMs: this.nowMs });
    this.listed.settle(call.model, outcome, durationMs, this.nowMs);
  }
}

describe('Breaker', () => {
  it('decides as a list of results does, over random calls that overlap', () => {
    let [steps, opened, closed] = [0, 0, 0];
    fc.assert(
      fc.property(shapes, fc.integer(), (shape, seed) => {
        const race = new Race(shape, seededDraw(seed));
        for (let i = 0; i < 1500; i++, steps++) race.step();
        opened += race.opened;
        closed += race.closed;
      }),
      { numRuns: 150 * times },
    );
    expect(steps).toBeGreaterThanOrEqual(225_000 * times);
    expect(Math.min(opened, closed)).toBeGreaterThan(100);
  });

  it('is never half-open for ever, however its rule changes: after its times are over, somebody gets through', () => {
    fc.assert(
      fc.property(shapes, fc.integer(), (shape, seed) => {
        const draw = seededDraw(seed);
        const generations: Generations = { current: 0 };
        const breaker = new Breaker(shape, 0, generations);
        let nowMs = 0;
        for (let i = 0; i < 200; i++) {
          nowMs += Math.floor(draw() * 50);
          if (draw() < 0.05) {
            const [probes, maxHalfOpenMs] = [1 + Math.floor(draw() * 4), 1 + Math.floor(draw() * 200)];
            breaker.reshape({ ...shape, probes, maxHalfOpenMs }, nowMs);
          }
          if (breaker.peek({ nowMs }) > 0) continue;
          breaker.commit({ nowMs });
          // Half of the calls never settle at all.
          if (draw() < 0.5)
            breaker.settle(generations.current, outcomeOf(draw()), { startMs: nowMs - 10 }, { nowMs });
        }
        const longestMs = 200 + Math.max(shape.openMs, shape.backoff.maxMs);
        expect(breaker.peek({ nowMs: nowMs + longestMs })).toBe(0);
      }),
    );
  });
});
