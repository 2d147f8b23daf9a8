import { describe, expect, it } from '@jest/globals';
import { faultState, faults, mostDrills, mostFaults } from './faults.ts';

const hang = {
  kind: 'fault',
  fault: 'hang',
  resource: { match: 'exact', value: 'pay' },
  mode: 'intercept',
  perMillion: 50_000,
  deadline: '2026-01-31T12:00:00Z',
};
const order = { drillId: 'd1', deadlineInMs: 60_000, budgetPerMillion: 100_000, faults: { stuck: hang } };
const frame = { version: 3, leaseMs: 3000, drills: [order] };
const record = {
  drillId: 'd1',
  state: 'ended',
  endedBecause: 'silence',
  endedAgoMs: 12.5,
  activeMs: 8000.25,
  seed: 7,
  faults: [
    { fault: 'stuck', eligible: 9, injected: 2, overBudget: 1, notInjectable: 0, held: 0, released: 2 },
  ],
  callers: { ok: 7, error: 2, degraded: 0, blocked: 0, abandoned: 0 },
};
const state = { bootId: 'b1', version: 3, drills: [record] };
const faultsOf = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`f${n}`, hang]));

describe('the frames of faults', () => {
  it('give back what they were given', () => {
    expect(faults.parse(frame)).toEqual(frame);
    expect(faults.parse({ version: 3, leaseMs: 3000 })).toEqual({ version: 3, leaseMs: 3000 });
    expect(faultState.parse(state)).toEqual(state);
    expect(faultState.parse({ ...state, later: 1 })).toEqual(state);
  });

  it.each([
    ['without an end', { ...frame, drills: [{ ...order, deadlineInMs: undefined }] }],
    ['with an end that is over', { ...frame, drills: [{ ...order, deadlineInMs: 0 }] }],
    ['without a budget', { ...frame, drills: [{ ...order, budgetPerMillion: undefined }] }],
    ['with a lease without end', { ...frame, leaseMs: 3_600_000 }],
    [
      'with a rule that is no fault',
      { ...frame, drills: [{ ...order, faults: { x: { ...hang, kind: 'limit' } } }] },
    ],
    [
      'with more faults than are taken',
      { ...frame, drills: [{ ...order, faults: faultsOf(mostFaults + 1) }] },
    ],
    ['with more drills than are taken', { ...frame, drills: Array(mostDrills + 1).fill(order) }],
  ])('%s are refused', (_, raw) => {
    expect(faults.safeParse(raw).success).toBe(false);
  });

  it.each([
    ['a count below zero', { callers: { ...record.callers, ok: -1 } }],
    ['more calls than there can be', { callers: { ...record.callers, ok: Number.MAX_SAFE_INTEGER } }],
    ['an end before there were computers', { endedAgoMs: 1e300 }],
    ['half a call', { callers: { ...record.callers, ok: 0.5 } }],
    ['a reason that nobody knows', { endedBecause: 'boredom' }],
    ['a state that nobody knows', { state: 'paused' }],
  ])('of an instance with %s are refused', (_, more) => {
    expect(faultState.safeParse({ ...state, drills: [{ ...record, ...more }] }).success).toBe(false);
  });
});
