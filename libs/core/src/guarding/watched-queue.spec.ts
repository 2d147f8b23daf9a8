import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Rule } from '../model/rule.ts';
import type { RuleMode } from '../model/rule-base.ts';
import { Agenda } from './agenda.ts';
import type { Block } from './block.ts';
import { Entry } from './entry.ts';
import { Guard } from './guard.ts';
import { seededDraw } from './seeded-draw.ts';
import type { Waiting } from './waiting.ts';

interface Sizes {
  readonly max: number;
  readonly queue: number;
  readonly maxQueueMs: number;
}

const ruleOf = (mode: RuleMode, sizes: Sizes, more: object = {}): Rule =>
  ({
    resource: { match: 'exact', value: 'pay' },
    mode,
    kind: 'limit',
    algorithm: 'concurrency',
    ...sizes,
    ...more,
  }) as Rule;

interface Call {
  readonly atMs: number;
  readonly ranMs: number;
  readonly user: string;
  readonly mayWait: boolean;
}

const users = ['u0', 'u1', 'u2'];

/** Calls that run as long as they say, from when they are let go. */
class Run {
  readonly guard = new Guard({ name: 'i', nowMs: 0, wallOffsetMs: 0, seed: 1 });
  readonly agenda = new Agenda<() => void>();
  nowMs = 0;

  constructor(rule: Rule) {
    this.guard.load({ c: rule }, 1, 0);
  }

  /** How many calls the rule refused, or would have. */
  refused(calls: readonly Call[]): number {
    for (const call of calls) this.agenda.add(call.atMs, () => this.enter(call));
    while (this.agenda.size > 0) {
      this.nowMs = this.agenda.nextMs;
      this.agenda.take()();
    }
    // What time alone has done is noticed when the next call comes.
    this.nowMs += 1e9;
    for (const user of users) this.enter({ atMs: this.nowMs, ranMs: 0, user, mayWait: true });
    const tally = this.guard.gate('pay', 'method').state.counters.take();
    const { blocked, wouldBlock } = tally.rules.get('c') ?? { blocked: 0, wouldBlock: 0 };
    expect([tally.wouldBlock, tally.blocked.limited]).toEqual([wouldBlock, blocked]);
    return blocked + wouldBlock;
  }

  enter({ user, ranMs, mayWait }: Call): void {
    const gate = this.guard.gate('pay', 'method');
    this.goOn(this.guard.enter(gate, { user }, this.nowMs, mayWait), ranMs);
  }

  goOn(answer: Entry | Waiting | Block, ranMs: number): void {
    if (answer.verdict === 'block') return;
    if (answer instanceof Entry)
      this.agenda.add(this.nowMs + ranMs, () => this.guard.exit(answer, 'success', this.nowMs));
    else {
      const waiting = answer as Waiting;
      let isDone = false;
      const step = (): void => {
        if (isDone) return;
        const next = this.guard.resume(waiting, this.nowMs);
        if (next.verdict === 'wait') return;
        isDone = true;
        this.goOn(next, ranMs);
      };
      waiting.onGranted = () => this.agenda.add(this.nowMs, step);
      this.agenda.add(this.nowMs + waiting.waitMs, step);
    }
  }
}

const traffic = (seed: number, calls: number, everyMs: number, ranMs: number): Call[] => {
  const draw = seededDraw(seed);
  let atMs = 0;
  return Array.from({ length: calls }, () => {
    atMs += draw() * 2 * everyMs;
    const user = users[Math.floor(draw() * users.length)]!;
    return { atMs, ranMs: draw() * 2 * ranMs, user, mayWait: draw() < 0.9 };
  });
};

describe('a concurrency rule with a queue that only watches', () => {
  it('would refuse as many calls as it refuses when it intercepts', () => {
    let [most, all] = [0, 0];
    fc.assert(
      fc.property(
        fc.record({
          max: fc.integer({ min: 1, max: 5 }),
          queue: fc.integer({ min: 0, max: 5 }),
          maxQueueMs: fc.integer({ min: 1, max: 200 }),
        }),
        fc.constantFrom({}, { per: { by: 'user' } }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer(),
        (sizes, more, everyMs, seed) => {
          const calls = traffic(seed, 300, everyMs, 40);
          const refused = new Run(ruleOf('intercept', sizes, more)).refused(calls);
          expect(new Run(ruleOf('monitor', sizes, more)).refused(calls)).toBe(refused);
          most = Math.max(most, refused);
          all += refused;
        },
      ),
      { numRuns: 200 },
    );
    expect(most).toBeGreaterThan(150);
    expect(all).toBeGreaterThan(1000);
  });

  it('lets a call through whatever it would do, and forgets those that are over', () => {
    const run = new Run(ruleOf('monitor', { max: 2, queue: 1, maxQueueMs: 1000 }));
    const gate = run.guard.gate('pay', 'method');
    const entries = Array.from({ length: 100 }, () => run.guard.enter(gate, {}, 0, true) as Entry);
    expect(gate.state.counters.take().rules.get('c')!.wouldBlock).toBe(97);
    for (const entry of entries) expect(run.guard.exit(entry, 'success', 10)).toBe(true);
    // The one that would have waited would go at 10 and end at 20.
    const two = [0, 1].map(() => run.guard.enter(gate, {}, 15, true) as Entry);
    expect(gate.state.counters.take().wouldBlock).toBe(0);
    expect(run.guard.enter(gate, {}, 15, true).verdict).toBe('pass');
    expect(gate.state.counters.take().wouldBlock).toBe(1);
    for (const entry of two) run.guard.exit(entry, 'success', 15);
    run.guard.enter(gate, {}, 5000, true);
    expect(gate.state.counters.take().wouldBlock).toBe(0);
  });

  it('goes on with the calls under way when it begins to intercept', () => {
    const sizes = { max: 2, queue: 1, maxQueueMs: 1000 };
    const run = new Run(ruleOf('monitor', sizes));
    const gate = run.guard.gate('pay', 'method');
    const entries = Array.from({ length: 10 }, () => run.guard.enter(gate, {}, 0, true) as Entry);
    run.guard.load({ c: ruleOf('intercept', sizes) }, 2, 1);
    expect(run.guard.enter(gate, {}, 2).verdict).toBe('block');
    for (const entry of entries) run.guard.exit(entry, 'success', 3);
    const answers = [0, 1, 2].map(() => run.guard.enter(gate, {}, 4).verdict);
    expect(answers).toEqual(['pass', 'pass', 'block']);
  });
});

describe('rules that only watch', () => {
  it('take a call that may not wait for one that is refused', () => {
    const pacing: Rule = {
      resource: { match: 'exact', value: 'pay' },
      mode: 'monitor',
      kind: 'limit',
      algorithm: 'leakyBucket',
      limit: 10,
      intervalMs: 1000,
    };
    const doubted = (mayWait: boolean): number => {
      const guard = new Guard({ name: 'i', nowMs: 0, wallOffsetMs: 0, seed: 1 });
      guard.load({ p: pacing }, 1, 0);
      const gate = guard.gate('pay', 'method');
      for (let i = 0; i < 100; i++) guard.enter(gate, {}, Math.floor(i / 5) * 500, mayWait);
      return gate.state.counters.take().wouldBlock;
    };
    expect([doubted(true), doubted(false)]).toEqual([0, 80]);
  });
});
