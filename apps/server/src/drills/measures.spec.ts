import { describe, expect, it } from '@jest/globals';
import { type DrillDefinition, drillDefinition } from '@sluice/protocol';
import { checksOf, isMeasured, measuredAgain, measuredOnce, unmeasured } from './measures.ts';

const design = (more: object = {}): DrillDefinition =>
  drillDefinition.parse({
    title: 't',
    hypothesis: 'h',
    deadlineMs: 10_000,
    faults: { f: { resource: { match: 'exact', value: 'pay' }, share: 1, fault: 'hang' } },
    targets: { by: 'all' },
    steadyState: [{ metric: 'errorRatio', resource: 'pay', atMost: 0.1 }],
    ...more,
  });
const look = (elapsedMs: number, isOver = false) => ({ now: 1_000_000 + elapsedMs, elapsedMs, isOver });
const expectation = (more: object) =>
  unmeasured(
    checksOf(design({ expect: [{ metric: 'breakerOpen', resource: 'pay', atLeast: 1, ...more }] })).find(
      ({ of }) => of === 'expect',
    )!,
    'during',
  );

describe('checks of a drill', () => {
  it('are the steady state before and after, and during what the hypothesis says, or else the steady state', () => {
    const plain = design();
    const said = design({ expect: [{ metric: 'p99Ms', resource: 'pay', atMost: 5 }] });
    const during = (definition: DrillDefinition) =>
      checksOf(definition)
        .filter((each) => isMeasured(each, 'during', definition))
        .map(({ of }) => of);
    expect(during(plain)).toEqual(['steadyState']);
    expect(during(said)).toEqual(['expect']);
    expect(
      checksOf(said)
        .filter((each) => isMeasured(each, 'after', said))
        .map(({ of }) => of),
    ).toEqual(['steadyState']);
  });

  it('that must hold all the time fail once and for all, with the worst value', () => {
    const steady = unmeasured(checksOf(design())[0]!, 'during');
    let seen = measuredAgain(steady, 0.05, look(1000));
    expect(seen).toMatchObject({ held: true, value: 0.05, worst: 0.05 });
    seen = measuredAgain(seen, 0.4, look(2000));
    seen = measuredAgain(seen, 0.01, look(3000));
    expect(seen).toMatchObject({ held: false, value: 0.01, worst: 0.4 });
    // Nothing is known: that says nothing.
    expect(measuredAgain(seen, undefined, look(4000))).toEqual(seen);
  });

  it('that must come true are met once and for all, by the time or never', () => {
    const waiting = measuredAgain(expectation({ withinS: 5 }), 0, look(1000));
    expect(waiting.held).toBeUndefined();
    const met = measuredAgain(waiting, 1, look(4000));
    expect(met).toMatchObject({ held: true, trueAfterMs: 4000 });
    expect(measuredAgain(met, 0, look(9000)).held).toBe(true);
    expect(measuredAgain(waiting, 1, look(5001)).held).toBe(false);
    expect(measuredAgain(waiting, undefined, look(6000)).held).toBe(false);
    expect(measuredAgain(waiting, undefined, look(2000, true)).held).toBe(false);
  });

  it('are not looked at before their time', () => {
    const late = expectation({ afterS: 3 });
    expect(measuredAgain(late, 0, look(2000))).toEqual(late);
    expect(measuredAgain(late, 0, look(3000)).held).toBe(false);
  });

  it('of which nothing is known do not hold', () => {
    const steady = checksOf(design())[0]!;
    expect(measuredOnce(steady, 'after', undefined, 0).held).toBeUndefined();
    expect(measuredOnce(steady, 'after', 0.1, 0).held).toBe(true);
    expect(measuredOnce(steady, 'after', 0.11, 0).held).toBe(false);
  });
});
