import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Drill } from '../faulting/drill.ts';
import type { Rule, Rules } from '../model/rule.ts';
import { Entry } from './entry.ts';
import { Guard } from './guard.ts';
import { seededDraw } from './seeded-draw.ts';

const resource = { match: 'exact', value: 'pay' } as const;
const at = { resource, mode: 'intercept' } as const;
const bucket = (limit: number, more: object = {}): Rule =>
  ({ ...at, kind: 'limit', algorithm: 'tokenBucket', limit, intervalMs: 1000, ...more }) as Rule;
const breaker = (more: object = {}): Rule =>
  ({
    ...at,
    kind: 'breaker',
    strategy: 'errorCount',
    threshold: 2,
    minCalls: 1,
    windowMs: 10_000,
    openMs: 1000,
    ...more,
  }) as Rule;
const concurrency = (max: number, more: object = {}): Rule =>
  ({ ...at, kind: 'limit', algorithm: 'concurrency', max, ...more }) as Rule;

function guardWith(rules: Rules, tell?: (turn: string) => void): Guard {
  const guard = new Guard({
    name: 'i',
    nowMs: 0,
    wallOffsetMs: Date.parse('2026-01-01T00:00:00Z'),
    seed: 1,
    onBreaker: ({ to, atMs }) => tell?.(`${to}@${atMs}`),
  });
  guard.load(rules, 1, 0);
  return guard;
}

function enter(guard: Guard, nowMs: number, user = 'a'): Entry | undefined {
  const verdict = guard.enter(guard.gate('pay', 'method'), { user }, nowMs);
  return verdict instanceof Entry ? verdict : undefined;
}

const passed = (guard: Guard, nowMs: number, calls: number, user = 'a'): number =>
  Array.from({ length: calls }, () => enter(guard, nowMs, user)).filter(Boolean).length;

type Edit = (rule: Rule, draw: () => number) => Rule;

/** Two guards with the same rules and the same calls; those of one are edited. */
class Twins {
  readonly rules: Rules;
  readonly draw: () => number;
  readonly steady: Guard;
  readonly edited: Guard;
  readonly flying: [Entry, Entry][] = [];
  nowMs = 0;
  revision = 1;
  blocked = 0;

  constructor(rules: Rules, draw: () => number) {
    this.rules = rules;
    this.draw = draw;
    [this.steady, this.edited] = [guardWith(rules), guardWith(rules)];
  }

  edit(edits: readonly Edit[], unrelated: Rules): void {
    const changed = Object.entries(this.rules).map(([id, rule]) => {
      const edit = edits[Math.floor(this.draw() * 2 * edits.length)];
      return [id, edit ? edit(rule, this.draw) : rule] as const;
    });
    const more = this.draw() < 0.5 ? unrelated : {};
    this.edited.load({ ...Object.fromEntries(changed), ...more }, ++this.revision, this.nowMs);
  }

  enter(): void {
    const user = `u${Math.floor(this.draw() * 4)}`;
    const [a, b] = [enter(this.steady, this.nowMs, user), enter(this.edited, this.nowMs, user)];
    if (!a !== !b) throw new Error(`at ${this.nowMs}: ${!!a} and ${!!b}`);
    if (a && b) this.flying.push([a, b]);
    else this.blocked++;
  }

  exit(): void {
    const call = this.flying.splice(Math.floor(this.draw() * this.flying.length), 1)[0];
    if (!call) return;
    const outcome = this.draw() < 0.7 ? 'success' : 'error';
    this.steady.exit(call[0], outcome, this.nowMs);
    this.edited.exit(call[1], outcome, this.nowMs);
  }
}

describe('a hot change', () => {
  it('of a limit from 100 to 10 after 2 calls leaves 8', () => {
    const guard = guardWith({ a: bucket(100) });
    passed(guard, 0, 2);
    guard.load({ a: bucket(10) }, 2, 0);
    expect(passed(guard, 0, 50)).toBe(8);
  });

  it('counts from when it came, not from the next call', () => {
    const guard = guardWith({ a: bucket(10) });
    passed(guard, 0, 10);
    guard.load({ a: bucket(1) }, 2, 0);
    guard.load({ a: bucket(100) }, 3, 500);
    expect(passed(guard, 500, 200)).toBeGreaterThanOrEqual(90);
  });

  it('keeps a breaker open with the same deadline, and its probes', () => {
    const guard = guardWith({ a: breaker() });
    for (let i = 0; i < 2; i++) guard.exit(enter(guard, 0)!, 'error', 0);
    guard.load({ a: breaker({ openMs: 60_000, threshold: 50 }) }, 2, 500);
    expect([passed(guard, 999, 1), passed(guard, 1000, 9)]).toEqual([0, 3]);
  });

  it('holds a breaker by hand without a call, and tells of it once', () => {
    const told: string[] = [];
    const guard = guardWith({ a: breaker() }, (to) => told.push(to));
    passed(guard, 0, 1);
    const states = (nowMs: number): string[] =>
      [...guard.resources()].flatMap((state) => state.breakers(nowMs).map(({ state: is }) => is));
    const forced = { state: 'open', until: '2026-01-01T00:00:10Z' };
    guard.load({ a: breaker({ forced }) }, 2, 10);
    expect(states(20)).toEqual(['forcedOpen']);
    guard.setKillSwitch({ monitorOnly: false, noFaults: true }, 5000);
    expect([states(11_000), passed(guard, 12_000, 1)]).toEqual([['open'], 1]);
    expect(told).toEqual(['forcedOpen@10', 'open@10000', 'halfOpen@12000']);
    guard.load(
      { a: breaker({ forced: { ...forced, until: '2026-01-01T01:00:00Z' }, mode: 'off' }) },
      3,
      13_000,
    );
    expect(states(13_000)).toEqual(['halfOpen']);
  });

  it('counts for calls under way too, though none comes after it', () => {
    const told: string[] = [];
    const guard = guardWith({ a: breaker() }, (to) => told.push(to));
    const late = [enter(guard, 0)!, enter(guard, 0)!];
    guard.load({ a: breaker({ forced: { state: 'closed', until: '2026-01-01T00:00:10Z' } }) }, 2, 5000);
    expect(told).toEqual(['forcedClosed@5000']);
    for (const entry of late) guard.exit(entry, 'error', 6000);
    expect([passed(guard, 7000, 1), passed(guard, 10_000, 1)]).toEqual([1, 1]);
    expect(told).toEqual(['forcedClosed@5000', 'closed@10000']);
    const last = [enter(guard, 11_000)!, enter(guard, 11_000)!];
    guard.load({ a: breaker({ threshold: 3 }) }, 3, 12_000);
    for (const entry of last) guard.exit(entry, 'error', 13_000);
    expect([passed(guard, 13_000, 1), told.length]).toEqual([1, 2]);
  });

  it('of the wall clock moves the end of what a hand holds, for calls under way too', () => {
    const told: string[] = [];
    const until = '2026-01-01T00:00:10Z';
    const rules = { a: breaker({ threshold: 1, forced: { state: 'closed', until } }) };
    const guard = guardWith(rules, (to) => told.push(to));
    const entry = enter(guard, 0)!;
    guard.setWallOffset(Date.parse('2026-01-01T00:00:10Z'), 1000);
    guard.exit(entry, 'error', 2000);
    expect(told).toEqual(['forcedClosed@0', 'closed@1000']);
  });

  it('keeps each key, and gives a value that is now named its own limit', () => {
    const per = { by: 'user' };
    const guard = guardWith({ a: bucket(5, { per }) });
    expect([passed(guard, 0, 2, 'a'), passed(guard, 0, 9, 'b')]).toEqual([2, 5]);
    guard.load({ a: bucket(5, { per: { ...per, overrides: { a: 10 } } }) }, 2, 0);
    expect([passed(guard, 0, 20, 'a'), passed(guard, 0, 9, 'b')]).toEqual([8, 0]);
  });

  it('divides the limit of a single key as it divides the rule, where that is for the whole cluster', () => {
    const per = { by: 'user', overrides: { vip: 100, low: 5 } };
    const guard = guardWith({ a: bucket(10, { per, scope: 'cluster' }) });
    guard.adjust('a', 2, 0);
    expect(['other', 'vip', 'low'].map((user) => passed(guard, 0, 500, user))).toEqual([2, 20, 1]);
    const own = guardWith({ a: bucket(10, { per }) });
    own.adjust('a', 2, 0);
    expect(['other', 'vip', 'low'].map((user) => passed(own, 0, 500, user))).toEqual([2, 100, 5]);
    const permits = guardWith({ a: concurrency(10, { per, scope: 'cluster' }) });
    permits.adjust('a', 1, 0);
    expect(['other', 'vip', 'low'].map((user) => passed(permits, 0, 50, user))).toEqual([1, 10, 1]);
  });

  it('begins anew where it counts something else', () => {
    const guard = guardWith({ a: bucket(2) });
    passed(guard, 0, 2);
    guard.load({ a: { ...at, kind: 'limit', algorithm: 'slidingWindow', limit: 3, windowMs: 1000 } }, 2, 0);
    expect(passed(guard, 0, 9)).toBe(3);
    guard.load({ a: bucket(2, { per: { by: 'user' } }) }, 3, 0);
    expect(passed(guard, 0, 9)).toBe(2);
    guard.load({}, 4, 0);
    expect(passed(guard, 0, 9)).toBe(9);
    guard.load({ a: bucket(2, { per: { by: 'user' } }) }, 5, 0);
    expect(passed(guard, 0, 9)).toBe(2);
  });

  it('forgets a value that was set for a rule of another kind', () => {
    const guard = guardWith({ a: bucket(100) });
    guard.adjust('a', 50, 0);
    expect(passed(guard, 0, 200)).toBe(50);
    const ratio = breaker({ strategy: 'errorRatio', threshold: 0.5 });
    guard.load({ a: ratio }, 2, 0);
    for (let i = 0; i < 20; i++) {
      const entry = enter(guard, 1);
      if (entry) guard.exit(entry, 'error', 1);
    }
    expect(enter(guard, 2)).toBeUndefined();
    guard.adjust('a', 0.9, 2);
    guard.load({ a: { ...ratio, minCalls: 2 } as Rule }, 3, 2);
    expect(guard.enter(guard.gate('pay', 'method'), {}, 2)).toMatchObject({ threshold: 0.9 });
    guard.load({ a: breaker({ threshold: 5 }) }, 4, 2);
    expect(guard.enter(guard.gate('pay', 'method'), {}, 2)).toMatchObject({ threshold: 5 });
  });

  it('does not lose permits of calls that are under way', () => {
    const guard = guardWith({ a: concurrency(2) });
    const [a, b] = [enter(guard, 0)!, enter(guard, 0)!];
    guard.load({ a: concurrency(3) }, 2, 0);
    const c = enter(guard, 0)!;
    expect(enter(guard, 0)).toBeUndefined();
    guard.load({ a: concurrency(1) }, 3, 0);
    for (const entry of [a, b]) guard.exit(entry, 'success', 1);
    expect(enter(guard, 1)).toBeUndefined();
    guard.exit(c, 'success', 1);
    expect(passed(guard, 1, 5)).toBe(1);
  });

  it('off and on again keeps what was counted', () => {
    const guard = guardWith({ a: bucket(5) });
    passed(guard, 0, 5);
    guard.load({ a: bucket(5, { mode: 'off' }) }, 2, 0);
    expect(passed(guard, 0, 9)).toBe(9);
    guard.load({ a: bucket(5, { mode: 'intercept' }) }, 3, 0);
    expect(passed(guard, 0, 9)).toBe(0);
  });

  it('of the kill switch makes every rule watch, and none forget', () => {
    const guard = guardWith({
      a: bucket(3),
      b: { ...at, kind: 'access', effect: 'deny', by: 'origin', values: ['x'] },
    });
    const drill = new Drill({
      id: 'd1',
      budgetPerMillion: 1_000_000,
      faults: { c: { ...at, kind: 'fault', fault: 'hang', perMillion: 1, deadline: '2026-01-02T00:00:00Z' } },
      seed: 1,
      wallOffsetMs: Date.UTC(2026, 0, 1),
    });
    guard.setDrills([drill], 0);
    const gate = guard.gate('pay', 'method');
    passed(guard, 0, 3);
    expect(gate.standing.plan.faults).toBeDefined();
    guard.setKillSwitch({ monitorOnly: true, noFaults: true }, 0);
    const entry = guard.enter(gate, { origin: 'x' }, 0);
    expect(entry instanceof Entry && entry.standing!.holds.wouldBlock).toEqual(['b', 'a']);
    expect(gate.standing.plan.faults).toBeUndefined();
    guard.setKillSwitch({ monitorOnly: false, noFaults: false }, 0);
    expect(passed(guard, 0, 5)).toBe(0);
  });

  it('of what doesn’t concern a rule changes none of its decisions', () => {
    const edits: Edit[] = [
      (rule, draw) => ({ ...rule, description: `${draw()}` }),
      (rule) => ({ ...rule, onBlock: { answer: 'empty' } }),
      (rule) => ({ ...rule, effective: { until: '2030-01-01T00:00:00Z' } }),
      (rule) => ({ ...rule, resource: { match: 'prefix', value: 'pa' } }),
      (rule) => ({ ...rule, priority: 0 }),
    ];
    const rules: Rules = {
      a: bucket(7, { burst: 2 }),
      b: { ...at, kind: 'limit', algorithm: 'slidingWindow', limit: 20, windowMs: 900 },
      c: breaker({ strategy: 'errorRatio', threshold: 0.4, minCalls: 3, openMs: 120, probes: 2 }),
      d: concurrency(4),
      e: { ...at, kind: 'limit', algorithm: 'warmUp', limit: 30, warmUpSec: 2 },
      f: bucket(3, { per: { by: 'user' } }),
      g: { ...at, kind: 'degrade', share: 0.1, onBlock: { answer: 'empty' } },
    };
    const unrelated: Rules = {
      x: bucket(1, { resource: { match: 'exact', value: 'other' } }),
      y: { ...at, kind: 'degrade', share: 0.5, mode: 'monitor', onBlock: { answer: 'empty' } },
    };
    let blocked = 0;
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const twins = new Twins(rules, seededDraw(seed));
        for (let i = 0; i < 600; i++) {
          twins.nowMs += twins.draw() * 40;
          if (twins.draw() < 0.2) twins.edit(edits, unrelated);
          twins.enter();
          if (twins.draw() < 0.6) twins.exit();
        }
        blocked += twins.blocked;
      }),
      { numRuns: 60 },
    );
    expect(blocked).toBeGreaterThan(1000);
  });
});
