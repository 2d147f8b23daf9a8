import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Cohort,
  chooseCohort,
  cohortAudience,
  cohortGraceMs,
  growCohort,
  keepCohort,
  nextLook,
  shareMode,
  wantedOf,
} from './cohort.ts';

const known = new Map<string, string>();
/** Remembers, since the same few ids are looked at thousands of times. */
function sha256(text: string): string {
  const digest = known.get(text) ?? createHash('sha256').update(text, 'utf8').digest('hex');
  known.set(text, digest);
  return digest;
}
const fleetOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `i-${index}`);
const idsOf = (cohort: Cohort): string[] => cohort.members.map((member) => member.instanceId);
const twenty = fleetOf(20);
const tenth = { basisPoints: 1000 };
const seed = fc.string({ minLength: 1, maxLength: 8 });

/** Restarts every instance once, in any order, and looks at each event and in between; hands each look to `see`. */
function rollingRestart(
  start: Cohort,
  fleet: readonly string[],
  plan: readonly { readonly downMs: number; readonly pauseMs: number }[],
  renamed: boolean,
  see: (
    cohort: Cohort,
    live: readonly string[],
    turn: { joined: readonly string[]; left: readonly string[] },
  ) => void,
): { cohort: Cohort; live: readonly string[]; now: number } {
  let cohort = start;
  let live = [...fleet];
  let now = 0;
  const look = (): void => {
    const turn = keepCohort(cohort, live, now, sha256);
    cohort = turn.cohort;
    see(cohort, live, turn);
  };
  const pass = (ms: number): void => {
    for (let left = ms; left > 0; left -= 5000) {
      now += Math.min(left, 5000);
      look();
    }
  };
  for (const [index, id] of fleet.entries()) {
    const { downMs, pauseMs } = plan[index % plan.length]!;
    live = live.filter((other) => other !== id);
    look();
    pass(downMs);
    live = [...live, renamed ? `${id}-again` : id];
    look();
    pass(pauseMs);
  }
  pass(cohortGraceMs + 5000);
  return { cohort, live, now };
}

const restarts = (maxMs: number) =>
  fc.array(fc.record({ downMs: fc.integer({ min: 1, max: maxMs }), pauseMs: fc.nat(90_000) }), {
    minLength: 1,
    maxLength: 20,
  });

describe('shareMode', () => {
  it.each([
    [tenth, 20, 'pinned'],
    [tenth, 199, 'pinned'],
    [tenth, 200, 'percent'],
    [{ count: 2 }, 10_000, 'pinned'],
    [{ basisPoints: 10_000 }, 3, 'everyone'],
    [{ basisPoints: 10_000 }, 5000, 'everyone'],
  ] as const)('of %j among %i is %s', (size, live, mode) => {
    expect(shareMode(size, live)).toBe(mode);
  });
});

describe('wantedOf', () => {
  it.each([
    [tenth, 20, 2],
    [tenth, 21, 3],
    [tenth, 1, 1],
    [{ basisPoints: 1 }, 20, 1],
    [{ basisPoints: 700 }, 100, 7],
    [{ basisPoints: 3333 }, 3, 1],
    [tenth, 0, 1],
    [{ count: 2 }, 1, 2],
  ] as const)('of %j among %i is %i', (size, live, wanted) => {
    expect(wantedOf(size, live)).toBe(wanted);
  });
});

describe('chooseCohort', () => {
  it('has exactly the number asked, of live ones, whatever the seed and the order', () => {
    fc.assert(
      fc.property(
        seed,
        fc.integer({ min: 1, max: 199 }),
        fc.integer({ min: 1, max: 9999 }),
        (s, count, basisPoints) => {
          const fleet = fleetOf(count);
          const chosen = idsOf(chooseCohort(s, { basisPoints }, fleet, sha256));
          expect(chosen).toHaveLength(Math.ceil((basisPoints * count) / 10_000));
          expect(new Set(chosen).size).toBe(chosen.length);
          expect(chosen.every((id) => fleet.includes(id))).toBe(true);
          expect(idsOf(chooseCohort(s, { basisPoints }, [...fleet].reverse(), sha256))).toEqual(chosen);
        },
      ),
    );
  });

  it('takes all there are when more are asked, and the rest as they come', () => {
    const cohort = chooseCohort('s', { count: 3 }, ['a'], sha256);
    expect(idsOf(cohort)).toEqual(['a']);
    expect(keepCohort(cohort, ['a', 'b', 'c', 'd'], 0, sha256).joined).toHaveLength(2);
  });
});

describe('growCohort', () => {
  it('keeps everybody through 5, 25 and 60 %', () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 1, max: 199 }), (s, count) => {
        const fleet = fleetOf(count);
        let cohort = chooseCohort(s, { basisPoints: 500 }, fleet, sha256);
        for (const basisPoints of [2500, 6000]) {
          const grown = growCohort(cohort, { basisPoints }, fleet, sha256);
          expect(idsOf(grown).slice(0, cohort.members.length)).toEqual(idsOf(cohort));
          expect(grown.members).toHaveLength(Math.ceil((basisPoints * count) / 10_000));
          expect(idsOf(grown).sort()).toEqual(idsOf(chooseCohort(s, { basisPoints }, fleet, sha256)).sort());
          cohort = grown;
        }
        expect(growCohort(cohort, { basisPoints: 500 }, fleet, sha256).members).toEqual(cohort.members);
      }),
    );
  });
});

describe('keepCohort', () => {
  it('stays the same two of twenty while all restart one by one under their ids', () => {
    fc.assert(
      fc.property(seed, restarts(cohortGraceMs - 1), (s, plan) => {
        const start = chooseCohort(s, tenth, twenty, sha256);
        const { cohort } = rollingRestart(start, twenty, plan, false, (at, live, { joined, left }) => {
          expect([joined, left]).toEqual([[], []]);
          expect(idsOf(at)).toEqual(idsOf(start));
          expect(idsOf(at).filter((id) => live.includes(id)).length).toBeGreaterThanOrEqual(1);
        });
        expect(cohort).toEqual(start);
      }),
      { numRuns: 40 },
    );
  });

  it('is never under 1 nor over 3 while all twenty restart under new ids, and two again afterwards', () => {
    fc.assert(
      fc.property(seed, restarts(120_000), (s, plan) => {
        const start = chooseCohort(s, tenth, twenty, sha256);
        const { cohort, live } = rollingRestart(start, twenty, plan, true, (at, now, { left }) => {
          const present = idsOf(at).filter((id) => now.includes(id));
          expect(present.length).toBeGreaterThanOrEqual(1);
          expect(present.length).toBeLessThanOrEqual(3);
          expect(at.members.length).toBeLessThanOrEqual(3);
          // Who is live keeps what it is.
          expect(left.filter((id) => now.includes(id))).toEqual([]);
        });
        expect(idsOf(cohort).filter((id) => live.includes(id))).toHaveLength(2);
        expect(cohort.members).toHaveLength(2);
      }),
      { numRuns: 40 },
    );
  });

  const anyFleet = fc.array(fc.tuple(fc.subarray(fleetOf(30)), fc.nat(40_000)), {
    minLength: 1,
    maxLength: 40,
  });

  it('under any coming and going turns no live member out, and takes nobody in without need', () => {
    fc.assert(
      fc.property(seed, fc.integer({ min: 1, max: 12 }), anyFleet, (s, count, looks) => {
        let cohort = chooseCohort(s, { count }, looks[0]![0], sha256);
        let now = 0;
        for (const [live, ms] of looks) {
          now += ms;
          const before = cohort;
          const turn = keepCohort(before, live, now, sha256);
          cohort = turn.cohort;
          expect(turn.left.filter((id) => live.includes(id))).toEqual([]);
          expect(turn.joined.every((id) => live.includes(id))).toBe(true);
          expect(cohort.members.length).toBeLessThanOrEqual(count + (count > 1 ? 1 : 0));
          const gone = cohort.members.length - idsOf(cohort).filter((id) => live.includes(id)).length;
          if (idsOf(before).every((id) => live.includes(id)) && before.members.length >= count)
            expect(cohort).toEqual({
              ...before,
              members: before.members.map(({ instanceId }) => ({ instanceId })),
            });
          // A place stays empty only while somebody is awaited or nobody is left to take it.
          const full = idsOf(cohort).length >= count || live.every((id) => idsOf(cohort).includes(id));
          expect(full || gone > 0).toBe(true);
          expect(keepCohort(cohort, live, now, sha256)).toEqual({ cohort, joined: [], left: [] });
        }
      }),
    );
  });

  it('replaces exactly after the grace, by the next by hash', () => {
    const start = chooseCohort('s', tenth, twenty, sha256);
    const [gone] = idsOf(start);
    const rest = twenty.filter((id) => id !== gone);
    const missed = keepCohort(start, rest, 1000, sha256).cohort;
    expect(nextLook(missed, 1000)).toBe(1000 + cohortGraceMs);
    expect(nextLook(missed, 1000 + cohortGraceMs)).toBeUndefined();
    expect(keepCohort(missed, rest, 1000 + cohortGraceMs - 1, sha256).cohort).toBe(missed);
    const { joined, left } = keepCohort(missed, rest, 1000 + cohortGraceMs, sha256);
    expect(left).toEqual([gone]);
    expect(joined).toEqual([idsOf(chooseCohort('s', { count: 3 }, twenty, sha256))[2]]);
    const back = keepCohort(missed, twenty, 2000, sha256).cohort;
    expect(back).toEqual(start);
    expect(nextLook(back, 2000)).toBeUndefined();
  });

  it('stays a tenth when the fleet shrinks for good, and does not grow with it by itself', () => {
    const hundred = fleetOf(100);
    const start = chooseCohort('s', tenth, hundred, sha256);
    const few = hundred.slice(0, 20);
    const missed = keepCohort(start, few, 0, sha256).cohort;
    const { cohort } = keepCohort(missed, few, cohortGraceMs, sha256);
    const stayed = idsOf(start).filter((id) => few.includes(id)).length;
    expect(idsOf(cohort).filter((id) => few.includes(id))).toHaveLength(Math.max(2, stayed));
    expect(keepCohort(cohort, fleetOf(1000), cohortGraceMs, sha256).cohort.members).toHaveLength(10);
  });

  it('awaits a member that nobody could replace', () => {
    const start = chooseCohort('s', { count: 2 }, ['a', 'b'], sha256);
    const later = keepCohort(keepCohort(start, ['a'], 0, sha256).cohort, ['a'], 10 * cohortGraceMs, sha256);
    expect([later.joined, later.left]).toEqual([[], []]);
    expect(keepCohort(later.cohort, ['a', 'b', 'c'], 11 * cohortGraceMs, sha256).cohort).toEqual(start);
  });

  it('does not stretch the grace when the clock is set back', () => {
    const start = chooseCohort('s', { count: 1 }, ['a', 'b'], sha256);
    const [gone] = idsOf(start);
    const live = ['a', 'b'].filter((id) => id !== gone);
    const missed = keepCohort(start, live, 9_000_000, sha256).cohort;
    const jumped = keepCohort(missed, live, 1000, sha256).cohort;
    expect(keepCohort(jumped, live, 1000 + cohortGraceMs, sha256).left).toEqual([gone]);
  });
});

describe('cohortAudience', () => {
  it('names the members, also one that is gone for a moment', () => {
    const start = chooseCohort('s', tenth, twenty, sha256);
    const { cohort } = keepCohort(start, twenty.slice(10), 0, sha256);
    expect(cohortAudience(cohort).ids).toEqual(expect.arrayContaining(idsOf(start)));
    const among = [{ label: 'zone', op: 'exists' }] as const;
    expect(cohortAudience(start, among)).toEqual({ who: 'pinned', ids: idsOf(start).sort(), among });
  });
});
