import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Outcome } from '../model/call.ts';
import type { Rule, Rules } from '../model/rule.ts';
import type { RuleMode } from '../model/rule-base.ts';
import { Entry } from './entry.ts';
import type { Gate } from './gate.ts';
import { Guard } from './guard.ts';
import { seededDraw } from './seeded-draw.ts';
import { Waiting } from './waiting.ts';

/** `SLUICE_LONG_TESTS=1` takes a million random steps. */
const times = process.env.SLUICE_LONG_TESTS ? 13 : 1;

const at = { resource: { match: 'exact', value: 'pay' }, mode: 'intercept' } as const;
const pacing = (limit: number, maxQueueMs = 1000): Rule => ({
  ...at,
  kind: 'limit',
  algorithm: 'leakyBucket',
  limit,
  intervalMs: 1000,
  maxQueueMs,
});
const bucket = (limit: number): Rule => ({
  ...at,
  kind: 'limit',
  algorithm: 'tokenBucket',
  limit,
  intervalMs: 1e6,
});
const concurrency = (max: number, queue = 0, more: object = {}): Rule =>
  ({ ...at, kind: 'limit', algorithm: 'concurrency', max, queue, maxQueueMs: 300, ...more }) as Rule;
const breaker: Rule = {
  ...at,
  kind: 'breaker',
  strategy: 'errorCount',
  threshold: 1,
  minCalls: 1,
  windowMs: 10_000,
  openMs: 5000,
};

function start(rules: Rules): [Guard, Gate] {
  const guard = new Guard({ name: 'i', nowMs: 0, wallOffsetMs: 0, seed: 1 });
  guard.load(rules, 1, 0);
  return [guard, guard.gate('pay', 'method')];
}

function waits(guard: Guard, gate: Gate, nowMs: number): Waiting {
  const verdict = guard.enter(gate, {}, nowMs, true);
  if (!(verdict instanceof Waiting)) throw new Error(`does not wait: ${verdict.verdict}`);
  return verdict;
}

function passes(verdict: { readonly verdict: string }): Entry {
  if (!(verdict instanceof Entry)) throw new Error(`does not pass: ${verdict.verdict}`);
  return verdict;
}

describe('waiting for a slot', () => {
  it('takes exactly as long as it says, and not a moment less', () => {
    const [guard, gate] = start({ a: pacing(10) });
    passes(guard.enter(gate, {}, 0, true));
    const [b, c] = [waits(guard, gate, 0), waits(guard, gate, 30)];
    expect([b.waitMs, c.waitMs]).toEqual([100, 170]);
    expect(guard.resume(b, 99.5)).toBe(b);
    expect(b.waitMs).toBe(0.5);
    const entry = passes(guard.resume(b, 100));
    expect(entry.startMs).toBe(100);
    expect(guard.resume(b, 500)).toBe(entry);
    passes(guard.resume(c, 200));
    expect(gate.state.counters.take()).toMatchObject({ passed: 3, waited: 2, active: 3 });
  });

  it('is refused to who may not wait, and takes nothing', () => {
    const [guard, gate] = start({ a: pacing(10), b: bucket(2) });
    passes(guard.enter(gate, {}, 0));
    for (let i = 0; i < 5; i++)
      expect(guard.enter(gate, {}, 50)).toMatchObject({ code: 'limited', ruleId: 'a', retryAfterMs: 50 });
    passes(guard.enter(gate, {}, 100));
  });

  it('tells who is refused at a full queue when he may go, also if he can’t wait', () => {
    const [guard, gate] = start({ a: pacing(10, 500) });
    passes(guard.enter(gate, {}, 0, true));
    for (let i = 0; i < 5; i++) waits(guard, gate, 0);
    expect(guard.enter(gate, {}, 0, true)).toMatchObject({ verdict: 'block', retryAfterMs: 600 });
    expect(guard.enter(gate, {}, 0)).toMatchObject({ verdict: 'block', retryAfterMs: 600 });
    passes(guard.enter(gate, {}, 600));
  });

  it('asks breakers and permits again, and gives back what it took when they refuse', () => {
    const [guard, gate] = start({ a: pacing(10), b: bucket(3), c: concurrency(1), d: breaker });
    const first = passes(guard.enter(gate, {}, 0, true));
    guard.exit(first, 'success', 1);
    const second = waits(guard, gate, 1);
    const third = waits(guard, gate, 1);
    expect(guard.enter(gate, {}, 1, true)).toMatchObject({ ruleId: 'b' });
    const running = passes(guard.resume(second, 100));
    expect(guard.resume(third, 200)).toMatchObject({ verdict: 'block', ruleId: 'c' });
    guard.exit(running, 'error', 210);
    guard.load({ b: bucket(3) }, 2, 210);
    passes(guard.enter(gate, {}, 210, true));
    expect(guard.enter(gate, {}, 210, true)).toMatchObject({ ruleId: 'b' });
  });

  it('meets a breaker that opened in the meantime', () => {
    const [guard, gate] = start({ a: pacing(10), d: breaker });
    const first = passes(guard.enter(gate, {}, 0, true));
    const second = waits(guard, gate, 1);
    guard.exit(first, 'error', 50);
    expect(guard.resume(second, 100)).toMatchObject({ code: 'breakerOpen', ruleId: 'd', retryAfterMs: 4950 });
    expect(guard.resume(second, 200)).toMatchObject({ code: 'breakerOpen' });
  });

  it('can be given up, and whoever comes next has the slot', () => {
    const [guard, gate] = start({ a: pacing(10) });
    passes(guard.enter(gate, {}, 0, true));
    const waiting = waits(guard, gate, 0);
    guard.cancel(waiting, 20);
    guard.cancel(waiting, 20);
    expect(waits(guard, gate, 20).waitMs).toBe(80);
    expect(guard.resume(waiting, 100)).toBe(waiting);
    expect(gate.state.counters.take()).toMatchObject({ waited: 2, gaveUp: 1 });
  });
});

describe('waiting for a permit', () => {
  it('goes as soon as one comes back, first come first served', () => {
    const [guard, gate] = start({ a: concurrency(1, 2) });
    const running = passes(guard.enter(gate, {}, 0, true));
    const [b, c] = [waits(guard, gate, 10), waits(guard, gate, 20)];
    const granted: string[] = [];
    b.onGranted = () => granted.push('b');
    c.onGranted = () => granted.push('c');
    expect([b.waitMs, guard.enter(gate, {}, 30, true).verdict]).toEqual([300, 'block']);
    expect(guard.resume(b, 100)).toBe(b);
    expect(b.waitMs).toBe(210);
    guard.exit(running, 'success', 150);
    expect(granted).toEqual(['b']);
    expect(guard.enter(gate, {}, 151).verdict).toBe('block');
    guard.exit(passes(guard.resume(b, 151)), 'success', 160);
    guard.exit(passes(guard.resume(c, 161)), 'success', 170);
    passes(guard.enter(gate, {}, 171));
  });

  it.each([
    ['all together', {}],
    ['by key', { per: { by: 'user' } }],
  ])('goes on when a change of the rule makes room, though nobody else comes, counted %s', (_, more) => {
    const [guard, gate] = start({ a: concurrency(1, 5, more) });
    passes(guard.enter(gate, {}, 0, true));
    const granted: number[] = [];
    const all = [1, 2, 3].map((nowMs) => waits(guard, gate, nowMs));
    for (const [i, each] of all.entries()) each.onGranted = () => granted.push(i);
    guard.load({ a: concurrency(3, 5, more) }, 2, 100);
    expect(granted).toEqual([0, 1]);
    for (const each of all.slice(0, 2)) passes(guard.resume(each, 100));
    guard.load({}, 3, 200);
    expect(granted).toEqual([0, 1, 2]);
    const last = passes(guard.resume(all[2]!, 200));
    expect(gate.state.counters.active).toBe(4);
    expect(guard.exit(last, 'success', 300)).toBe(true);
  });

  it('ends when it took too long', () => {
    const [guard, gate] = start({ a: concurrency(1, 1) });
    passes(guard.enter(gate, {}, 0, true));
    const waiting = waits(guard, gate, 0);
    expect(guard.resume(waiting, 300)).toMatchObject({ code: 'limited', ruleId: 'a' });
    waits(guard, gate, 300);
  });

  it('is refused under the rules that it came in under', () => {
    const [guard, gate] = start({ a: concurrency(1, 5) });
    passes(guard.enter(gate, {}, 0, true));
    const waiting = waits(guard, gate, 0);
    guard.load({ a: concurrency(1, 5, { per: { by: 'user' } }) }, 9, 200);
    expect(guard.resume(waiting, 300)).toMatchObject({ verdict: 'block', ruleId: 'a', revision: 1 });
  });

  it('hands a permit on that came to a call which a breaker then refuses', () => {
    const [guard, gate] = start({ a: concurrency(1, 2), d: breaker });
    const running = passes(guard.enter(gate, {}, 0, true));
    const [b, c] = [waits(guard, gate, 0), waits(guard, gate, 0)];
    guard.exit(running, 'error', 10);
    expect(guard.resume(b, 11)).toMatchObject({ ruleId: 'd' });
    expect(guard.resume(c, 11)).toMatchObject({ ruleId: 'd' });
    passes(guard.enter(gate, {}, 5010));
  });

  it('comes after the wait for a slot', () => {
    const [guard, gate] = start({ a: pacing(10), b: concurrency(1, 1) });
    const running = passes(guard.enter(gate, {}, 0, true));
    const waiting = waits(guard, gate, 0);
    expect(waiting.waitMs).toBe(100);
    guard.resume(waiting, 100);
    expect(waiting.waitMs).toBe(300);
    guard.exit(running, 'success', 200);
    passes(guard.resume(waiting, 201));
  });
});

describe('waiting for a rule that no longer holds anybody up', () => {
  const inMode = (rule: Rule, mode: RuleMode): Rule => ({ ...rule, mode });
  const kill = (guard: Guard, monitorOnly: boolean): void =>
    guard.setKillSwitch({ monitorOnly, noFaults: false }, 100);

  it.each<[string, Rule]>([
    ['slot', pacing(1, 4000)],
    ['permit', concurrency(1, 5)],
    ['permit by key', concurrency(1, 5, { per: { by: 'user' } })],
  ])('for a %s goes at once, holds nothing of it, and nobody else has less', (_, rule) => {
    for (const change of [
      (guard: Guard) => guard.load({ a: inMode(rule, 'off') }, 2, 100),
      (guard: Guard) => guard.load({ a: inMode(rule, 'monitor') }, 2, 100),
      (guard: Guard) => guard.load({ a: { ...rule, resource: { match: 'exact', value: 'other' } } }, 2, 100),
      (guard: Guard) => guard.load({}, 2, 100),
      (guard: Guard) => kill(guard, true),
    ]) {
      const [guard, gate] = start({ a: rule });
      const running = passes(guard.enter(gate, {}, 0, true));
      const waiting = [waits(guard, gate, 0), waits(guard, gate, 0)];
      let told = 0;
      for (const each of waiting) each.onGranted = () => told++;
      change(guard);
      expect(told).toBe(2);
      const entries = waiting.map((each) => passes(guard.resume(each, 100)));
      guard.load({ a: rule }, 3, 200);
      kill(guard, false);
      for (const each of [running, ...entries]) expect(guard.exit(each, 'success', 5000)).toBe(true);
      expect(gate.state.counters.active).toBe(0);
      passes(guard.enter(gate, {}, 5000));
      expect(guard.enter(gate, {}, 5000)).toMatchObject({ verdict: 'block', ruleId: 'a' });
      expect(gate.world.waiters.size).toBe(0);
    }
  });

  it('still waits for what another rule asks of it, and is asked nothing by the one that is gone', () => {
    const rules = { a: pacing(10), b: concurrency(1, 1), d: breaker };
    const [guard, gate] = start(rules);
    const running = passes(guard.enter(gate, {}, 0, true));
    const waiting = waits(guard, gate, 0);
    guard.load({ ...rules, b: inMode(rules.b, 'monitor') }, 2, 10);
    expect(guard.resume(waiting, 10)).toBe(waiting);
    expect(waiting.waitMs).toBe(90);
    guard.exit(running, 'error', 20);
    guard.load({ ...rules, b: inMode(rules.b, 'off'), d: inMode(breaker, 'monitor') }, 3, 50);
    passes(guard.resume(waiting, 100));
  });

  it.each<[string, Rule]>([
    ['slot', pacing(1, 4000)],
    ['permit', { ...concurrency(1, 5), maxQueueMs: 4000 } as Rule],
  ])('for a %s goes when the time of the rule is over', (_, rule) => {
    const until = (ms: number): Rule => ({
      ...rule,
      effective: { until: new Date(ms).toISOString() },
    });
    const [guard, gate] = start({ a: until(100), d: until(150) });
    passes(guard.enter(gate, {}, 0, true));
    const waiting = waits(guard, gate, 0);
    expect(waiting.waitMs).toBe(100);
    expect(guard.resume(waiting, 99)).toBe(waiting);
    expect(waiting.waitMs).toBe(1);
    // A release that gives it more time is heard of.
    guard.load({ a: until(200), d: until(150) }, 2, 99);
    expect(guard.resume(waiting, 100)).toBe(waiting);
    expect(waiting.waitMs).toBe(50);
    expect(guard.resume(waiting, 150)).toBe(waiting);
    expect(waiting.waitMs).toBe(50);
    passes(guard.resume(waiting, 200));
  });

  it('goes at once when the wall clock is set past the time of its rule', () => {
    const effective = { until: new Date(900).toISOString() };
    const [guard, gate] = start({ a: { ...pacing(1), effective } });
    passes(guard.enter(gate, {}, 0, true));
    const waiting = waits(guard, gate, 0);
    let granted = 0;
    waiting.onGranted = () => {
      granted += 1;
    };
    guard.setWallOffset(500, 100);
    expect(granted).toBe(0);
    guard.setWallOffset(1000, 100);
    expect(granted).toBe(1);
    passes(guard.resume(waiting, 100));
  });

  it('goes in the end, however the clocks lie to each other', () => {
    const rule = pacing(1, 4000);
    fc.assert(
      fc.property(
        fc.double({ min: 1e12, max: 2e12, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.integer({ min: 1, max: 900 }),
        (wallOffsetMs, startMs, inMs) => {
          const guard = new Guard({ name: 'i', nowMs: startMs, wallOffsetMs, seed: 1 });
          const until = new Date(Math.ceil(startMs + wallOffsetMs) + inMs).toISOString();
          guard.load({ a: { ...rule, effective: { until } } }, 1, startMs);
          const gate = guard.gate('pay', 'method');
          passes(guard.enter(gate, {}, startMs, true));
          const waiting = waits(guard, gate, startMs);
          let nowMs = startMs;
          for (let turns = 0; guard.resume(waiting, nowMs) === waiting; turns++) {
            expect(turns).toBeLessThan(3);
            nowMs += waiting.waitMs;
          }
          expect(Math.abs(nowMs + wallOffsetMs - Date.parse(until))).toBeLessThan(0.001);
        },
      ),
    );
  });

  it('is not asked by a breaker whose time is over', () => {
    const effective = { until: new Date(50).toISOString() };
    const [guard, gate] = start({ a: pacing(10), d: { ...breaker, effective } });
    const running = passes(guard.enter(gate, {}, 0, true));
    const waiting = waits(guard, gate, 0);
    guard.exit(running, 'error', 10);
    expect(guard.enter(gate, {}, 10, true)).toMatchObject({ code: 'breakerOpen' });
    passes(guard.resume(waiting, 100));
  });

  it('goes through a breaker that has opened, once the kill switch is thrown', () => {
    const [guard, gate] = start({ a: pacing(10), d: breaker });
    const running = passes(guard.enter(gate, {}, 0, true));
    const waiting = waits(guard, gate, 0);
    guard.exit(running, 'error', 10);
    expect(guard.enter(gate, {}, 10, true)).toMatchObject({ code: 'breakerOpen' });
    kill(guard, true);
    passes(guard.resume(waiting, 100));
  });

  it('keeps a permit that had come to it, and gives it back when it ends', () => {
    const rule = concurrency(1, 2);
    const [guard, gate] = start({ a: rule });
    const running = passes(guard.enter(gate, {}, 0, true));
    const [first, second] = [waits(guard, gate, 0), waits(guard, gate, 0)];
    guard.exit(running, 'success', 10);
    kill(guard, true);
    kill(guard, false);
    const entries = [first, second].map((each) => passes(guard.resume(each, 100)));
    expect(guard.enter(gate, {}, 100)).toMatchObject({ ruleId: 'a' });
    for (const each of entries) guard.exit(each, 'success', 110);
    passes(guard.enter(gate, {}, 120));
    expect(guard.enter(gate, {}, 120)).toMatchObject({ ruleId: 'a' });
  });
});

const outcomes: readonly Outcome[] = ['success', 'error', 'abort'];

/** Calls that come, wait, are granted, given up and ended, some twice, some never, in any order. */
class Crowd {
  readonly guard: Guard;
  readonly gate: Gate;
  readonly rules: Rules;
  readonly draw: () => number;
  readonly running: Entry[] = [];
  readonly ended: Entry[] = [];
  readonly waiting: Waiting[] = [];
  nowMs = 0;

  constructor(rules: Rules, draw: () => number) {
    [this.guard, this.gate] = start(rules);
    this.rules = rules;
    this.draw = draw;
  }

  take(verdict: { readonly verdict: string }): void {
    if (verdict instanceof Entry) this.running.push(verdict);
    if (verdict instanceof Waiting) this.waiting.push(verdict);
  }

  one<T>(list: T[]): T | undefined {
    return list.splice(Math.floor(this.draw() * list.length), 1)[0];
  }

  step(): void {
    this.nowMs += this.draw() * 20;
    const user = `u${Math.floor(this.draw() * 3)}`;
    const kind = this.draw();
    if (kind < 0.45) this.take(this.guard.enter(this.gate, { user }, this.nowMs, this.draw() < 0.7));
    else if (kind < 0.75) this.end(this.one(this.running));
    else if (kind < 0.9) this.resume();
    else if (kind < 0.93) this.giveUp();
    else if (kind < 0.95) this.change();
    else if (this.ended.length > 0) expect(this.guard.exit(this.ended[0]!, 'error', this.nowMs)).toBe(false);
  }

  /** Rules are switched off, only watch or intercept again, and so does the kill switch. */
  change(): void {
    const modes = ['off', 'monitor', 'intercept', 'intercept'] as const;
    const any = (): RuleMode => modes[Math.floor(this.draw() * modes.length)]!;
    const changed = Object.entries(this.rules).map(([id, rule]): [string, Rule] => [
      id,
      rule.mode === 'monitor' ? rule : { ...rule, mode: any() },
    ]);
    this.guard.load(Object.fromEntries(changed), 2, this.nowMs);
    const monitorOnly = this.draw() < 0.2;
    this.guard.setKillSwitch({ monitorOnly, noFaults: false }, this.nowMs);
    if (!monitorOnly) return;
    for (const each of this.waiting.splice(0)) {
      const verdict = this.guard.resume(each, this.nowMs);
      expect(verdict.verdict).toBe('pass');
      this.take(verdict);
    }
  }

  end(entry: Entry | undefined): void {
    if (!entry) return;
    expect(this.guard.exit(entry, outcomes[Math.floor(this.draw() * 3)]!, this.nowMs)).toBe(true);
    this.ended[0] = entry;
  }

  resume(): void {
    const waiting = this.one(this.waiting);
    if (waiting) this.take(this.guard.resume(waiting, this.nowMs));
  }

  giveUp(): void {
    const waiting = this.one(this.waiting);
    if (waiting) this.guard.cancel(waiting, this.nowMs);
  }

  /** How many calls can be under way at a time once all others have ended. */
  capacity(): number {
    while (this.waiting.length > 0) this.giveUp();
    while (this.running.length > 0) this.end(this.running.pop());
    expect(this.gate.state.counters.active).toBe(0);
    expect(this.gate.world.waiters.size).toBe(0);
    const laterMs = this.nowMs + 1e7;
    const user = 'u0';
    return Array.from({ length: 20 }, () => this.guard.enter(this.gate, { user }, laterMs)).filter(
      (verdict) => verdict.verdict === 'pass',
    ).length;
  }
}

describe('permits', () => {
  it('all come back, whatever comes, waits, ends, gives up, is ended twice or let go by a change, in whatever order', () => {
    let steps = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer(),
        (max, queue, seed) => {
          const rules: Rules = {
            a: concurrency(max, queue),
            b: concurrency(max, 1, { per: { by: 'user' } }),
            c: { ...concurrency(2), mode: 'monitor' },
            d: { ...breaker, openMs: 30, probes: 2, maxHalfOpenMs: 100 } as Rule,
            e: pacing(50, 200),
            f: concurrency(3, 2, { when: { on: 'argument', index: 0, op: 'exists', value: false } }),
          };
          const crowd = new Crowd(rules, seededDraw(seed));
          for (let i = 0; i < 800; i++, steps++) crowd.step();
          crowd.guard.setKillSwitch({ monitorOnly: false, noFaults: false }, crowd.nowMs);
          crowd.guard.load({ a: rules.a!, b: rules.b!, f: rules.f! }, 2, crowd.nowMs);
          expect(crowd.capacity()).toBe(Math.min(max, 3));
        },
      ),
      { numRuns: 100 * times },
    );
    expect(steps).toBeGreaterThanOrEqual(80_000 * times);
  });
});
