import { expect, it } from '@jest/globals';
import { faultState } from './faults.ts';
import { report } from './report.ts';

const pay = { resource: 'pay', type: 'rpc' };
const at = { ...pay, rule: 'guard/pay' };

const reportOf = (agoMs: number) => ({
  second: { seconds: [{ agoMs, resources: [] }] },
  breaker: { breakers: [{ ...at, from: 'closed', to: 'open', reason: 'threshold', agoMs }] },
  call: { calls: [{ ...pay, agoMs, inputs: {}, verdict: 'pass', rules: [] }] },
  script: { scripts: [{ rule: 'guard/pay', state: 'failing', error: 'no', agoMs }] },
});
const recordOf = (endedAgoMs: number) => ({
  bootId: 'b',
  version: 1,
  drills: [
    {
      drillId: 'd',
      state: 'ended',
      endedAgoMs,
      activeMs: 1,
      seed: 1,
      faults: [],
      callers: { ok: 0, error: 0, degraded: 0, blocked: 0, abandoned: 0 },
    },
  ],
});
const taken = (agoMs: number): boolean[] => [
  ...Object.values(reportOf(agoMs)).map(
    (parts) => report.safeParse({ sequence: 1, seconds: [], ...parts }).success,
  ),
  faultState.safeParse(recordOf(agoMs)).success,
];

it('of things that happened, none was before every clock', () => {
  // A process that has run for a year, and one whose numbers are no times: made a date, these are none.
  expect(taken(31_536_000_000)).toEqual([true, true, true, true, true]);
  expect(taken(1e300)).toEqual([false, false, false, false, false]);
});
