import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Breaker, type Generations } from '../breaking/breaker.ts';
import { breakerShape } from '../breaking/breaker-shape.ts';
import { Concurrency, concurrencyShape } from '../limiting/concurrency.ts';
import { LeakyBucket, leakyBucketShape } from '../limiting/leaky-bucket.ts';
import type { Limiter } from '../limiting/limiter.ts';
import { SlidingWindow, slidingWindowShape } from '../limiting/sliding-window.ts';
import { TokenBucket, tokenBucketShape } from '../limiting/token-bucket.ts';
import { WarmUp, warmUpShape } from '../limiting/warm-up.ts';
import type { CallInputs } from '../model/call.ts';
import type { Rule, Rules } from '../model/rule.ts';
import { Entry } from './entry.ts';
import { Guard } from './guard.ts';
import { seededDraw } from './seeded-draw.ts';

/** `SLUICE_LONG_TESTS=1` takes a million random steps. */
const times = process.env.SLUICE_LONG_TESTS ? 7 : 1;

const at = { resource: { match: 'exact', value: 'pay' }, mode: 'intercept' } as const;
const small = fc.integer({ min: 1, max: 20 });
const ms = fc.integer({ min: 50, max: 1000 });
const limit = fc.oneof(
  fc.record({ algorithm: fc.constant('tokenBucket' as const), limit: small, intervalMs: ms }),
  fc.record({
    algorithm: fc.constant('leakyBucket' as const),
    limit: small,
    intervalMs: ms,
    maxQueueMs: fc.constant(0),
  }),
  fc.record({ algorithm: fc.constant('slidingWindow' as const), limit: small, windowMs: ms }),
  fc.record({ algorithm: fc.constant('warmUp' as const), limit: small, warmUpSec: fc.constantFrom(1, 5) }),
  fc.record({ algorithm: fc.constant('concurrency' as const), max: small }),
);
const breaker = fc.record({
  kind: fc.constant('breaker' as const),
  strategy: fc.constantFrom('errorCount' as const, 'consecutiveErrors' as const),
  threshold: fc.integer({ min: 1, max: 5 }),
  minCalls: fc.integer({ min: 1, max: 5 }),
  windowMs: ms,
  openMs: ms,
  probes: fc.integer({ min: 1, max: 3 }),
});
const rule: fc.Arbitrary<Rule> = fc.oneof(
  limit.map((fields): Rule => ({ ...at, kind: 'limit', ...fields })),
  breaker.map((fields): Rule => ({ ...at, ...fields })),
);
const ruleSet: fc.Arbitrary<Rules> = fc
  .array(rule, { minLength: 1, maxLength: 5 })
  .map((all) => Object.fromEntries(all.map((each, i) => [`r${i}`, each])));

function limiterOf(each: Rule): Limiter | Breaker {
  if (each.kind === 'breaker')
    return new Breaker(
      breakerShape(each, () => 0),
      0,
    );
  if (each.kind !== 'limit') throw new Error(each.kind);
  switch (each.algorithm) {
    case 'tokenBucket':
      return new TokenBucket(tokenBucketShape(each), 0);
    case 'leakyBucket':
      return new LeakyBucket(leakyBucketShape(each), 0);
    case 'slidingWindow':
      return new SlidingWindow(slidingWindowShape(each), 0);
    case 'warmUp':
      return new WarmUp(warmUpShape(each), 0);
    case 'concurrency':
      return new Concurrency(concurrencyShape(each));
  }
}

interface Flying {
  readonly entry: Entry;
  readonly generations: readonly number[];
  readonly sinceMs: number;
}

/** Each rule by itself, which takes something only of calls that all of them let go. */
class Apart {
  readonly parts: (Limiter | Breaker)[];
  readonly generations: Generations[] = [];

  constructor(rules: Rules) {
    this.parts = Object.values(rules).map((each) => {
      if (each.kind !== 'breaker') return limiterOf(each);
      const generations = { current: 0 };
      this.generations.push(generations);
      return new Breaker(
        breakerShape(each, () => 0),
        0,
        generations,
      );
    });
  }

  enter(nowMs: number): readonly number[] | undefined {
    if (this.parts.some((part) => part.peek({ nowMs }) > 0)) return undefined;
    for (const part of this.parts) part.commit({ nowMs });
    return this.generations.map(({ current }) => current);
  }

  exit(generations: readonly number[], isError: boolean, durationMs: number, nowMs: number): void {
    let index = 0;
    for (const part of this.parts) {
      if (part instanceof Concurrency) part.release();
      if (part instanceof Breaker)
        part.settle(
          generations[index++]!,
          isError ? 'error' : 'success',
          { startMs: nowMs - durationMs },
          { nowMs },
        );
    }
  }
}

function guardWith(rules: Rules): Guard {
  const guard = new Guard({ name: 'i', nowMs: 0, wallOffsetMs: 0, seed: 1 });
  guard.load(rules, 1, 0);
  return guard;
}

/** Random calls that overlap; tells what the guard said of each. */
function traffic(
  guard: Guard,
  seed: number,
  steps: number,
  watch: {
    enter?: (goes: Entry | undefined, nowMs: number) => readonly number[] | undefined;
    exit?: (call: Flying, isError: boolean, nowMs: number) => void;
  } = {},
): string[] {
  const draw = seededDraw(seed);
  const gate = guard.gate('pay', 'method');
  const flying: Flying[] = [];
  const said: string[] = [];
  let nowMs = 0;
  for (let i = 0; i < steps; i++) {
    nowMs += draw() < 0.02 ? draw() * 2000 : draw() * 20;
    if (draw() < 0.6 || flying.length === 0) {
      const verdict = guard.enter(gate, { user: `u${i % 3}`, origin: 'web' }, nowMs);
      said.push(verdict.verdict === 'block' ? `${verdict.ruleId} ${verdict.retryAfterMs}` : verdict.verdict);
      const entry = verdict instanceof Entry ? verdict : undefined;
      const generations = watch.enter?.(entry, nowMs) ?? [];
      if (entry) flying.push({ entry, generations, sinceMs: nowMs });
    } else {
      const call = flying.splice(Math.floor(draw() * flying.length), 1)[0]!;
      const isError = draw() < 0.3;
      guard.exit(call.entry, isError ? 'error' : 'success', nowMs);
      watch.exit?.(call, isError, nowMs);
    }
  }
  return said;
}

describe('decide', () => {
  it('lets a call go if each rule would, and takes nothing from any of a call that one refuses', () => {
    let [steps, blocked, passed] = [0, 0, 0];
    fc.assert(
      fc.property(ruleSet, fc.integer(), (rules, seed) => {
        const apart = new Apart(rules);
        traffic(guardWith(rules), seed, 800, {
          enter: (entry, nowMs) => {
            const generations = apart.enter(nowMs);
            if ((entry === undefined) !== (generations === undefined))
              throw new Error(`at ${nowMs}: the guard said ${entry !== undefined}`);
            if (entry) passed++;
            else blocked++;
            return generations;
          },
          exit: ({ generations, sinceMs }, isError, nowMs) =>
            apart.exit(generations, isError, nowMs - sinceMs, nowMs),
        });
        steps += 800;
      }),
      { numRuns: 200 * times },
    );
    expect(steps).toBeGreaterThanOrEqual(160_000 * times);
    expect(Math.min(blocked, passed)).toBeGreaterThan(10_000);
  });

  it('says the same with rules that only watch and without them', () => {
    const watching: fc.Arbitrary<Rules> = fc
      .array(
        fc.oneof(
          rule,
          fc.constantFrom<Rule>(
            { ...at, kind: 'degrade', share: 0.5, onBlock: { answer: 'empty' } },
            { ...at, kind: 'access', effect: 'deny', by: 'origin', values: ['web'] },
            { ...at, kind: 'system', signal: 'cpu', threshold: 0.1, fullAt: 0.9 },
            {
              ...at,
              kind: 'limit',
              algorithm: 'tokenBucket',
              limit: 1,
              intervalMs: 1000,
              per: { by: 'user' },
            },
            { ...at, kind: 'limit', algorithm: 'leakyBucket', limit: 5, intervalMs: 1000, maxQueueMs: 300 },
            { ...at, kind: 'limit', algorithm: 'concurrency', max: 1, queue: 2, per: { by: 'user' } },
          ),
        ),
        { minLength: 1, maxLength: 5 },
      )
      .map((all) =>
        Object.fromEntries(all.map((each, i): [string, Rule] => [`m${i}`, { ...each, mode: 'monitor' }])),
      );
    const chance: Rules = {
      z1: { ...at, kind: 'degrade', share: 0.05, onBlock: { answer: 'empty' } },
      z2: { ...at, kind: 'system', signal: 'cpu', threshold: 0.1, fullAt: 0.9 },
    };
    let would = 0;
    fc.assert(
      fc.property(ruleSet, watching, fc.integer(), (rules, monitors, seed) => {
        const [alone, watched] = [
          guardWith({ ...rules, ...chance }),
          guardWith({ ...rules, ...chance, ...monitors }),
        ];
        for (const guard of [alone, watched]) guard.read({ cpu: 0.15 });
        expect(traffic(watched, seed, 400)).toEqual(traffic(alone, seed, 400));
        would += watched.gate('pay', 'method').state.counters.take().wouldBlock;
      }),
      { numRuns: 150 },
    );
    expect(would).toBeGreaterThan(1000);
  });

  it('would block exactly what it blocks when it is alone', () => {
    fc.assert(
      fc.property(rule, fc.integer(), (each, seed) => {
        const monitor = guardWith({ a: { ...each, mode: 'monitor' } });
        const apart = new Apart({ a: each });
        traffic(monitor, seed, 500, {
          enter: (entry, nowMs) => {
            const generations = apart.enter(nowMs);
            expect(entry!.standing!.holds.wouldBlock).toEqual(generations ? [] : ['a']);
            return generations ?? [-1];
          },
          exit: ({ generations, sinceMs }, isError, nowMs) => {
            if (generations[0] !== -1) apart.exit(generations, isError, nowMs - sinceMs, nowMs);
          },
        });
      }),
    );
  });

  it('watches alike whether the rules that only watch are asked straight or weighed', () => {
    const watching = fc
      .array(
        fc.tuple(limit, fc.boolean()).map(([fields, isKeyed]): Rule => {
          const per = isKeyed ? ({ per: { by: 'user' } } as const) : {};
          return { ...at, kind: 'limit', ...fields, ...per, mode: 'monitor' } as Rule;
        }),
        { minLength: 1, maxLength: 4 },
      )
      .map((all) => Object.fromEntries(all.map((each, i): [string, Rule] => [`m${i}`, each])));
    // It refuses nobody, but it filters: with it, all of them are weighed.
    const nobody: Rule = { ...at, kind: 'access', by: 'origin', effect: 'deny', values: [], mode: 'monitor' };
    let straight = 0;
    let would = 0;
    fc.assert(
      fc.property(ruleSet, watching, fc.integer(), (rules, monitors, seed) => {
        const all: Rules = { ...rules, ...monitors };
        const guards = [guardWith(all), guardWith({ ...all, nobody })];
        const said = guards.map((guard) => {
          const doubts: (readonly string[] | undefined)[] = [];
          const decided = traffic(guard, seed, 300, {
            enter: (entry) => {
              doubts.push(entry?.standing?.holds.wouldBlock);
              return undefined;
            },
          });
          const { plan } = guard.gate('pay', 'method').standing;
          if (plan.watchers) straight += 1;
          const { rules: tallies, wouldBlock } = guard.gate('pay', 'method').state.counters.take();
          would += wouldBlock;
          return { decided, doubts, wouldBlock, tallies };
        });
        expect(said[0]).toEqual(said[1]);
      }),
      { numRuns: 100 },
    );
    expect(straight).toBeGreaterThan(30);
    expect(would).toBeGreaterThan(1000);
  });

  it('makes no key for a call that another limit refuses', () => {
    const bucket = { ...at, kind: 'limit', algorithm: 'tokenBucket', intervalMs: 1000 } as const;
    const guard = guardWith({
      each: { ...bucket, limit: 5, per: { by: 'user' } },
      all: { ...bucket, limit: 2 },
    });
    const gate = guard.gate('pay', 'method');
    const verdicts = Array.from({ length: 50 }, (_, i) => guard.enter(gate, { user: `u${i}` }, 0).verdict);
    expect(verdicts.filter((verdict) => verdict === 'pass')).toHaveLength(2);
    const { limits } = gate.standing.plan.intercept;
    expect(limits.flatMap(({ state }) => state.keyed?.size ?? [])).toEqual([2]);
  });

  it('forgets no key for a call that another limit refuses, whatever counts by key', () => {
    const hourly = {
      ...at,
      kind: 'limit',
      algorithm: 'tokenBucket',
      limit: 1,
      intervalMs: 3_600_000,
    } as const;
    const users: Rule = { ...hourly, per: { by: 'user', maxKeys: 100 } };
    const others: Rules[] = [
      { ip: { ...hourly, per: { by: 'ip' } } },
      {
        ip: { ...hourly, per: { by: 'ip' }, priority: -1 },
        origin: { ...hourly, limit: 9999, per: { by: 'origin' } },
      },
      {
        all: { ...at, kind: 'limit', algorithm: 'leakyBucket', limit: 100, intervalMs: 1000, maxQueueMs: 0 },
      },
      {
        all: {
          ...at,
          kind: 'limit',
          algorithm: 'leakyBucket',
          limit: 1,
          intervalMs: 1000,
          per: { by: 'ip' },
        },
      },
    ];
    for (const more of others) {
      const guard = guardWith({ users, ...more });
      const gate = guard.gate('pay', 'method');
      const passed = (calls: number, who: (i: number) => CallInputs, nowMs: number): number =>
        Array.from({ length: calls }, (_, i) => guard.enter(gate, who(i), nowMs).verdict).filter(
          (verdict) => verdict === 'pass',
        ).length;
      expect(gate.standing.plan.straight).toBeDefined();
      expect(passed(100, (i) => ({ user: `u${i}`, ip: `10.0.0.${i}` }), 0)).toBe(100);
      expect(passed(3000, (i) => ({ user: `x${i}`, ip: '10.0.0.0' }), 0)).toBe(0);
      expect(passed(100, (i) => ({ user: `u${i}`, ip: `10.1.0.${i}` }), 5000)).toBe(0);
    }
  });

  it('says the same of the same calls with the same seed', () => {
    fc.assert(
      fc.property(ruleSet, fc.integer(), (rules, seed) => {
        const all: Rules = {
          ...rules,
          z: { ...at, kind: 'degrade', share: 0.3, onBlock: { answer: 'empty' } },
        };
        expect(traffic(guardWith(all), seed, 200)).toEqual(traffic(guardWith(all), seed, 200));
      }),
      { numRuns: 30 },
    );
  });
});
