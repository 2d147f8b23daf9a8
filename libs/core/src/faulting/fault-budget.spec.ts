import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seededDraw } from '../guarding/seeded-draw.ts';
import { budgetWindowMs, FaultBudget } from './fault-budget.ts';

interface Seen {
  readonly atMs: number;
  readonly broken: boolean;
}

/** Whether at this moment the calls of the ten seconds before hold more broken ones than the budget allows. */
function isPassed(seen: readonly Seen[], atMs: number, perMillion: number): boolean {
  const within = seen.filter((each) => each.atMs > atMs - budgetWindowMs && each.atMs <= atMs);
  return within.filter(({ broken }) => broken).length * 1e6 > within.length * perMillion;
}

describe('the budget of a drill', () => {
  it('is never passed when a fault is injected, whatever the calls come like', () => {
    let [broken, refused] = [0, 0];
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 999_999 }), (seed, perMillion) => {
        const draw = seededDraw(seed);
        const budget = new FaultBudget(perMillion);
        const seen: Seen[] = [];
        let nowMs = draw() * 1e6 - 5e5;
        for (let i = 0; i < 400; i++) {
          // Crowds, trickles, and now and then a silence.
          const gap = draw();
          nowMs += gap < 0.6 ? draw() * 3 : gap < 0.95 ? draw() * 400 : draw() * 15_000;
          budget.called(nowMs);
          const taken = draw() < 0.7 && budget.take(nowMs);
          seen.push({ atMs: nowMs, broken: taken });
          if (taken) broken += 1;
          else refused += 1;
          if (taken && isPassed(seen, nowMs, perMillion)) return false;
        }
        return true;
      }),
      { numRuns: 200 },
    );
    expect(broken).toBeGreaterThan(5000);
    expect(refused).toBeGreaterThan(5000);
  });

  it('can be used nearly to the end', () => {
    const budget = new FaultBudget(50_000);
    let broken = 0;
    for (let nowMs = 0; nowMs < 60_000; nowMs += 2) {
      budget.called(nowMs);
      if (budget.take(nowMs)) broken += 1;
    }
    expect(broken / 30_000).toBeLessThanOrEqual(0.05);
    expect(broken / 30_000).toBeGreaterThan(0.048);
  });

  it('of all calls lets every one be broken', () => {
    const budget = new FaultBudget(1_000_000);
    for (let i = 0; i < 100; i++) {
      budget.called(i);
      expect(budget.take(i)).toBe(true);
    }
  });

  it('lets nothing be broken before enough calls have come', () => {
    const budget = new FaultBudget(100_000);
    const taken = Array.from({ length: 20 }, () => {
      budget.called(0);
      return budget.take(0);
    });
    expect(taken.indexOf(true)).toBe(9);
    expect(taken.filter(Boolean)).toHaveLength(2);
  });

  it('takes a clock that goes back for one that stands still', () => {
    const budget = new FaultBudget(500_000);
    budget.called(10_000);
    budget.called(10);
    expect([budget.take(10), budget.take(10_000)]).toEqual([true, false]);
  });
});
