import { describe, expect, it } from '@jest/globals';
import { BlockedError } from '@sluice/client';
import { type ManualClock, manualClock, type TestSluice, testSluice } from '@sluice/client/testing';
import type { Degrade, Rule, Rules } from '@sluice/core';
import fc from 'fast-check';
import { breaker, limitOf, pay } from './guard-rules.ts';

const onBlock: fc.Arbitrary<Degrade | undefined> = fc.constantFrom<(Degrade | undefined)[]>(
  undefined,
  { answer: 'empty' },
  { answer: 'value', value: { items: [] } },
  { answer: 'error' },
  { answer: 'http', status: 418 },
  { answer: 'fallback', name: 'known' },
  { answer: 'fallback', name: 'slow' },
  { answer: 'lastGood' },
  { answer: 'script', ruleId: 'none' },
);
const concurrency = (more: object = {}): Rule =>
  ({ kind: 'limit', resource: pay, mode: 'intercept', algorithm: 'concurrency', max: 2, ...more }) as Rule;
const anyRule: fc.Arbitrary<Rule> = fc
  .tuple(
    fc.constantFrom<Rule[]>(
      limitOf(2),
      limitOf(3, { when: { on: 'argument', index: 0, op: 'atLeast', value: 5 } }),
      limitOf(2, { per: { by: 'argument', index: 0 } } as never),
      concurrency(),
      concurrency({ max: 1, queue: 2, maxQueueMs: 300 }),
      { ...limitOf(4), algorithm: 'leakyBucket', maxQueueMs: 600 } as Rule,
      { ...limitOf(5), algorithm: 'slidingWindow', windowMs: 1000, intervalMs: undefined } as never as Rule,
      breaker(),
      breaker({ strategy: 'errorRatio', threshold: 0.5, minCalls: 4 } as never),
    ),
    onBlock,
  )
  .map(([rule, answer]) => {
    const { intervalMs, ...rest } = rule as Rule & { intervalMs?: number };
    const plain = intervalMs === undefined ? rest : { ...rest, intervalMs };
    return (answer ? { ...plain, onBlock: answer } : plain) as Rule;
  });
const anyRules: fc.Arbitrary<Rules> = fc
  .array(anyRule, { maxLength: 4 })
  .map((all) => Object.fromEntries(all.map((rule, i) => [`r${i}`, rule])));

/** One thing that an app does. */
type Step =
  | { readonly does: 'sync'; readonly n: number; readonly throws: boolean }
  | { readonly does: 'async'; readonly n: number; readonly signal: boolean }
  | { readonly does: 'settle' | 'abort'; readonly which: number; readonly fails: boolean }
  | { readonly does: 'entry' | 'enter' }
  | { readonly does: 'exit'; readonly which: number; readonly fails: boolean }
  | { readonly does: 'pass'; readonly ms: number };
const n = fc.integer({ min: 0, max: 9 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constant('sync' as const), n, throws: fc.boolean() }),
  fc.record({ does: fc.constant('async' as const), n, signal: fc.boolean() }),
  fc.record({ does: fc.constantFrom('settle' as const, 'abort' as const), which: n, fails: fc.boolean() }),
  fc.record({ does: fc.constantFrom('entry' as const, 'enter' as const) }),
  fc.record({ does: fc.constant('exit' as const), which: n, fails: fc.boolean() }),
  fc.record({ does: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 700 }) }),
);
const steps = fc.array(step, { minLength: 5, maxLength: 40 });

/** An app that guards calls of `pay` in every way there is, and what its callers saw. */
class App {
  readonly clock: ManualClock = manualClock();
  readonly sluice: TestSluice = testSluice({}, { clock: this.clock });
  readonly seen: string[] = [];
  readonly #open: { readonly promise: PromiseWithResolvers<number>; readonly stop: AbortController }[] = [];
  readonly #passages: { exit(ending?: Error): void }[] = [];
  readonly #sync = this.sluice.protect('pay', (value: number, throws: boolean): unknown => {
    if (throws) throw new Error('down');
    return { value };
  });
  readonly #async = this.sluice.protect(
    'pay',
    async (_: number, promise: Promise<number>, __?: AbortSignal): Promise<unknown> => promise,
    { signal: (_, __, signal) => signal },
  );

  constructor() {
    this.sluice.fallback('known', () => 'known');
    this.sluice.fallback('slow', async () => 'slow');
  }

  async do(step: Step, index: number): Promise<void> {
    const saw = (what: unknown): void => void this.seen.push(`${index} ${text(what)}`);
    const tried = (run: () => unknown): void => {
      try {
        saw(run());
      } catch (error) {
        saw(error);
      }
    };
    switch (step.does) {
      case 'sync':
        return tried(() => this.#sync(step.n, step.throws));
      case 'async': {
        const [promise, stop] = [Promise.withResolvers<number>(), new AbortController()];
        this.#open.push({ promise, stop });
        promise.promise.catch(() => undefined);
        void this.#async(step.n, promise.promise, step.signal ? stop.signal : undefined).then(saw, saw);
        return;
      }
      case 'settle': {
        const { promise } = this.#open[step.which % this.#open.length] ?? {};
        if (step.fails) promise?.reject(new Error('down'));
        else promise?.resolve(step.which);
        return;
      }
      case 'abort':
        return this.#open[step.which % this.#open.length]?.stop.abort(new Error('gone'));
      case 'entry':
        return tried(() => void this.#passages.push(this.sluice.entry('pay')));
      case 'enter':
        void this.sluice.enter('pay').then((passage) => void this.#passages.push(passage), saw);
        return;
      case 'exit':
        return this.#passages[step.which % this.#passages.length]?.exit(
          step.fails ? new Error('down') : undefined,
        );
      case 'pass':
        return this.clock.advance(step.ms);
    }
  }

  /** Everything comes to an end, in whatever way. */
  async end(): Promise<void> {
    for (const { promise } of this.#open) promise.resolve(0);
    await this.clock.advance(2000);
    for (const passage of this.#passages) passage.exit();
    await this.clock.advance(2000);
    for (const passage of this.#passages) passage.exit(new Error('once more'));
  }
}

function text(what: unknown): string {
  if (what instanceof BlockedError) return `${what.code} ${what.ruleId} ${what.retryAfterMs}`;
  return what instanceof Error ? `error ${what.message}` : (JSON.stringify(what) ?? 'nothing');
}

describe('calls through the client', () => {
  it('go the same with rules in monitor mode as without them', async () => {
    await fc.assert(
      fc.asyncProperty(anyRules, anyRules, steps, async (rules, watching, all) => {
        const [alone, watched] = [new App(), new App()];
        const monitors = Object.entries(watching).map(([id, rule]) => [
          `m${id}`,
          { ...rule, mode: 'monitor' },
        ]);
        await alone.sluice.rules(rules);
        await watched.sluice.rules({ ...rules, ...Object.fromEntries(monitors) } as Rules);
        for (const app of [alone, watched]) {
          for (const [i, each] of all.entries()) await app.do(each, i);
          await app.end();
          await app.sluice.close();
        }
        expect(watched.seen).toEqual(alone.seen);
      }),
      { numRuns: 25 },
    );
  });

  it('return every permit, in whatever order they come, end, throw, are given up and see rules change', async () => {
    await fc.assert(
      fc.asyncProperty(anyRules, anyRules, steps, async (rules, later, all) => {
        const app = new App();
        const held = { permits: concurrency({ max: 2, queue: 3, maxQueueMs: 500 }) };
        await app.sluice.rules({ ...rules, ...held });
        for (const [i, each] of all.entries()) {
          if (i === Math.floor(all.length / 2)) await app.sluice.rules({ ...later, ...held });
          await app.do(each, i);
        }
        await app.end();
        await app.sluice.rules(held);
        const both = [app.sluice.entry('pay'), app.sluice.entry('pay')];
        expect(() => app.sluice.entry('pay')).toThrow(BlockedError);
        for (const passage of both) passage.exit();
        await app.sluice.close();
      }),
      { numRuns: 40 },
    );
  });

  it('never answer a promise to who calls a synchronous function', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyRules,
        fc.array(fc.boolean(), { minLength: 10, maxLength: 20 }),
        async (rules, calls) => {
          const sluice = testSluice({}, { clock: manualClock() });
          sluice.fallback('known', () => 'known');
          sluice.fallback('slow', async () => 'slow');
          await sluice.rules(rules);
          const charge = sluice.protect('pay', (throws: boolean): unknown => {
            if (throws) throw new Error('down');
            return 'paid';
          });
          expect(charge(false)).toBe('paid');
          for (const throws of calls)
            try {
              expect(charge(throws)).not.toBeInstanceOf(Promise);
            } catch (error) {
              expect((error as Error).message === 'down' || error instanceof BlockedError).toBe(true);
            }
          await sluice.close();
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('a hot change', () => {
  it('keeps a breaker open until the same moment', async () => {
    const clock = manualClock();
    const sluice = testSluice({}, { clock });
    await sluice.rules({ pay: breaker() });
    for (let i = 0; i < 2; i++) sluice.entry('pay').exit('error');
    await clock.advance(3000);
    await sluice.rules({ pay: breaker({ threshold: 50, openMs: 60_000, description: 'changed' } as never) });
    const retryAfterMs = (): number | undefined => {
      try {
        sluice.entry('pay').exit();
        return undefined;
      } catch (error) {
        return (error as BlockedError).retryAfterMs;
      }
    };
    expect(retryAfterMs()).toBe(2000);
    await clock.advance(2000);
    expect(retryAfterMs()).toBeUndefined();
  });
});
