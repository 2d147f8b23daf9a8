import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CallInputs, Outcome } from '../model/call.ts';
import type { Rule, Rules } from '../model/rule.ts';
import type { Block } from './block.ts';
import { Entry } from './entry.ts';
import { Guard } from './guard.ts';
import { seededDraw } from './seeded-draw.ts';
import type { Waiting } from './waiting.ts';

/** `SLUICE_LONG_TESTS=1` tries many more. */
const numRuns = process.env.SLUICE_LONG_TESTS ? 5000 : 400;
const startMs = 10_000;
const startWall = Date.parse('2026-01-01T00:00:00Z');
const after = (ms: number): string => new Date(startWall + ms).toISOString();

/** Picks what a case is made of. */
class Dice {
  readonly draw: () => number;

  constructor(seed: number) {
    this.draw = seededDraw(seed);
  }

  pick<T>(all: readonly T[]): T {
    return all[Math.floor(this.draw() * all.length)]!;
  }

  often(share: number): boolean {
    return this.draw() < share;
  }
}

const ids = ['r1', 'r2', 'r3', 'r4', 'r5'];
const kinds = [
  'tokenBucket',
  'leakyBucket',
  'slidingWindow',
  'concurrency',
  'warmUp',
  ...['errorRatio', 'errorCount', 'slowCallRatio', 'consecutiveErrors'],
  'degrade',
  'access',
] as const;

function anyRule(dice: Dice, kind: string = dice.pick(kinds)): Rule {
  const whole = dice.pick([1, 2, 3, 4]);
  const limit = dice.pick([0.5, 1, 2, 3, 10]);
  const ms = dice.pick([10, 100, 333, 1000]);
  const base = {
    resource: dice.pick([
      { match: 'exact', value: 'pay' },
      { match: 'prefix', value: 'p' },
      { match: 'glob', value: '**', type: 'method' },
    ]),
    mode: dice.pick(['intercept', 'intercept', 'monitor', 'off']),
    priority: dice.pick([-1, 0, 0, 1]),
    ...(dice.often(0.2) && { when: { on: 'origin', op: 'equals', value: 'shop' } }),
    ...(dice.often(0.2) && { effective: { from: after(50), until: after(dice.pick([300, 5000])) } }),
  };
  const counts = { ...base, kind: 'limit', algorithm: kind, limit };
  const breaks = {
    ...base,
    kind: 'breaker',
    strategy: kind,
    threshold: kind.endsWith('Ratio') ? dice.pick([0.3, 1]) : whole,
    minCalls: whole,
    windowMs: ms * 5,
    openMs: ms,
    probes: whole,
    maxHalfOpenMs: dice.pick([30, 500]),
    ...(dice.often(0.5) && { backoff: { multiplier: 2, maxMs: 1000 } }),
  };
  const rules: Readonly<Record<string, object>> = {
    tokenBucket: { ...counts, intervalMs: ms, burst: dice.pick([0, 2]) },
    leakyBucket: { ...counts, intervalMs: ms, maxQueueMs: dice.pick([0, 50, 500]) },
    slidingWindow: { ...counts, windowMs: ms },
    concurrency: { ...counts, limit: undefined, max: whole, queue: dice.pick([0, 2]), maxQueueMs: ms },
    warmUp: { ...counts, warmUpSec: 1 },
    degrade: { ...base, kind, share: dice.pick([0, 0.3]), onBlock: { answer: 'empty' } },
    access: { ...base, kind, effect: 'deny', by: 'origin', values: ['bad'] },
  };
  return (rules[kind] ?? { ...breaks, ...(kind === 'slowCallRatio' && { slowMs: 20 }) }) as Rule;
}

type Step =
  | { readonly does: 'load'; readonly rules: Rules }
  | { readonly does: 'look' }
  | {
      readonly does: 'call';
      readonly inputs: CallInputs;
      readonly mayWait: boolean;
      readonly outcome: Outcome;
      readonly takesMs: number;
      readonly givesUpMs: number;
    };
interface Case {
  readonly seed: number;
  readonly steps: readonly (Step & { readonly inMs: number })[];
}

/** Rules come, go and change while calls come that end, fail, hang, wait and give up. */
function anyCase(dice: Dice): Case {
  const pace = dice.pick([
    [0, 0, 1],
    [0, 5, 20],
    [0, 40, 333],
    [0.25, 7.125, 2000],
  ]);
  let rules = Object.fromEntries(ids.slice(dice.pick([0, 1, 2, 3])).map((id) => [id, anyRule(dice)]));
  const steps: Case['steps'][number][] = [{ inMs: 0, does: 'load', rules }];
  for (let n = dice.pick([10, 30, 60]); n > 0; n--) {
    const inMs = dice.pick(pace);
    if (dice.often(0.07)) {
      const id = dice.pick(ids);
      const { [id]: known, ...others } = rules;
      // Mostly another text of the same kind, so that what was counted goes on.
      const kind =
        known && ('strategy' in known ? known.strategy : 'algorithm' in known ? known.algorithm : known.kind);
      rules = dice.often(0.2)
        ? others
        : { ...others, [id]: anyRule(dice, dice.often(0.7) ? kind : undefined) };
      steps.push({ inMs, does: 'load', rules });
    } else
      steps.push({
        inMs,
        does: 'call',
        inputs: { user: 'ann', ...(dice.often(0.7) && { origin: dice.pick(['shop', 'bad', 'web']) }) },
        mayWait: dice.often(0.6),
        outcome: dice.pick(['success', 'success', 'error', 'error', 'abort']),
        takesMs: dice.pick([0, 3, 40, 300, 60_000]),
        givesUpMs: dice.often(0.2) ? dice.pick([0, 10, 100]) : Number.POSITIVE_INFINITY,
      });
  }
  return { seed: dice.pick([1, 2, 3]), steps };
}

/** What became of each call, and when. */
class Run {
  readonly #guard: Guard;
  readonly #due: { readonly atMs: number; readonly go: () => void }[] = [];
  readonly decisions: string[][] = [];
  #nowMs = startMs;

  constructor({ seed, steps }: Case) {
    this.#guard = new Guard({ name: 'i', nowMs: startMs, wallOffsetMs: startWall - startMs, seed });
    let atMs = startMs;
    for (const [index, step] of steps.entries()) {
      atMs += step.inMs;
      this.#pass(atMs);
      if (step.does === 'call') this.#call(step);
      else if (step.does === 'load') this.#guard.load(step.rules, index, this.#nowMs);
      else this.#look();
    }
    this.#pass(atMs + 1_000_000);
  }

  get active(): number {
    let sum = 0;
    for (const { counters } of this.#guard.resources()) sum += counters.active;
    return sum;
  }

  #look(): void {
    for (const state of this.#guard.resources()) state.breakers(this.#nowMs);
  }

  #at(atMs: number, go: () => void): void {
    const index = this.#due.findLastIndex((other) => other.atMs <= atMs);
    this.#due.splice(index + 1, 0, { atMs, go });
  }

  #pass(untilMs: number): void {
    while ((this.#due[0]?.atMs ?? Number.POSITIVE_INFINITY) <= untilMs) {
      const { atMs, go } = this.#due.shift()!;
      this.#nowMs = Math.max(this.#nowMs, atMs);
      go();
    }
    this.#nowMs = untilMs;
  }

  #call(step: Step & { readonly does: 'call' }): void {
    const guard = this.#guard;
    const told: string[] = [];
    this.decisions.push(told);
    const decided = (answer: Entry | Block): void => {
      told.push(`${this.#nowMs} ${wordsOf(answer)}`);
      if (answer instanceof Entry)
        this.#at(this.#nowMs + step.takesMs, () => guard.exit(answer, step.outcome, this.#nowMs));
    };
    const answer = guard.enter(guard.gate('pay', 'method'), step.inputs, this.#nowMs, step.mayWait);
    if (answer.verdict === 'wait') this.#wait(answer as Waiting, step.givesUpMs, told, decided);
    else decided(answer as Entry | Block);
  }

  #wait(waiting: Waiting, givesUpMs: number, told: string[], decided: (answer: Entry | Block) => void): void {
    const guard = this.#guard;
    let isOver = false;
    const goOn = (): void => {
      if (isOver) return;
      const next = guard.resume(waiting, this.#nowMs);
      isOver = next.verdict !== 'wait';
      if (isOver) decided(next as Entry | Block);
      else this.#at(this.#nowMs + waiting.waitMs, goOn);
    };
    waiting.onGranted = () => this.#at(this.#nowMs, goOn);
    this.#at(this.#nowMs + waiting.waitMs, goOn);
    this.#at(this.#nowMs + givesUpMs, () => {
      if (isOver) return;
      isOver = true;
      guard.cancel(waiting, this.#nowMs);
      told.push(`${this.#nowMs} gave up`);
    });
  }
}

/** Times to the nanosecond: another way to the same number rounds otherwise. */
function wordsOf(answer: Entry | Block): string {
  if (answer instanceof Entry) return `pass ${[...answer.standing!.holds.wouldBlock].sort().join()}`;
  const { ruleId, retryAfterMs, value, threshold, state } = answer;
  return ['block', ruleId, retryAfterMs?.toFixed(6), value?.toFixed(6), threshold, state].join(' ');
}

const withRules = (known: Case, change: (rule: Rule, id: string) => Rule): Case => ({
  ...known,
  steps: known.steps.map((step) =>
    step.does === 'load'
      ? {
          ...step,
          rules: Object.fromEntries(Object.entries(step.rules).map(([id, rule]) => [id, change(rule, id)])),
        }
      : step,
  ),
});
const withMore = (known: Case, more: (rules: Rules) => Rules): Case => ({
  ...known,
  steps: known.steps.map((step) => (step.does === 'load' ? { ...step, rules: more(step.rules) } : step)),
});
const always = {
  or: [
    { on: 'origin', op: 'exists', value: true },
    { on: 'origin', op: 'exists', value: false },
  ],
} as const;
const nobody: Rule = {
  kind: 'access',
  resource: { match: 'exact', value: 'pay' },
  mode: 'intercept',
  effect: 'deny',
  by: 'origin',
  values: ['nobody'],
};

/** Whatever the rules are: these change nothing of what becomes of any call. */
const laws: Readonly<Record<string, (known: Case, dice: Dice) => Case>> = {
  'being looked at in between': (known, dice) => ({
    ...known,
    steps: known.steps.flatMap((step) => {
      const inMs = step.inMs * dice.pick([0, 0.5, 1]);
      return [{ inMs, does: 'look' } as const, { ...step, inMs: step.inMs - inMs }];
    }),
  }),
  'a condition that always holds': (known) =>
    withRules(
      known,
      (rule) => ({ ...rule, when: rule.when ? { and: [rule.when, always] } : always }) as Rule,
    ),
  'the order of the rules in their list': (known) =>
    withMore(known, (rules) => Object.fromEntries(Object.entries(rules).reverse())),
  'a rule that refuses nobody': (known) => withMore(known, (rules) => ({ ...rules, a: nobody })),
  'rules that only watch': (known, dice) => {
    const watching = { a1: anyRule(dice), z1: anyRule(dice), z2: anyRule(dice) };
    for (const rule of Object.values(watching)) Object.assign(rule, { mode: 'monitor' });
    return withMore(known, (rules) => ({ ...rules, ...watching }));
  },
  'a key that all calls have': (known) =>
    withRules(known, (rule) => (rule.kind === 'limit' ? { ...rule, per: { by: 'user' } } : rule)),
};

describe('the guard, under any rules and whatever calls do', () => {
  it.each(Object.entries(laws))('is not changed by %s', (name, change) => {
    let blocked = 0;
    const isOfWatching = name.includes('watch');
    const seen = ({ decisions }: Run): readonly string[][] =>
      isOfWatching
        ? decisions.map((told) => told.map((words) => words.replace(/pass .*/, 'pass')))
        : decisions;
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const dice = new Dice(seed);
        const known = anyCase(dice);
        const [before, now] = [new Run(known), new Run(change(known, dice))];
        expect(seen(now)).toEqual(seen(before));
        blocked += before.decisions.filter((told) => told.at(-1)!.includes('block')).length;
      }),
      { numRuns },
    );
    expect(blocked).toBeGreaterThan(numRuns);
  });

  it('lets each call come to one end, and has none left when all are over', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { decisions, active } = new Run(anyCase(new Dice(seed)));
        expect(decisions.every((told) => told.length === 1)).toBe(true);
        expect(active).toBe(0);
      }),
      { numRuns },
    );
  });
});
