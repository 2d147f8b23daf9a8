import { describe, expect, it } from '@jest/globals';
import { report } from './report.ts';

const second = {
  resource: 'pay',
  type: 'rpc',
  passed: 3,
  blocked: { limited: 1 },
  wouldBlock: 0,
  success: 2,
  errors: 1,
  degraded: 0,
  injected: 0,
  active: 0,
  latency: [[40, 3]],
  rules: [{ rule: 'guard/pay', blocked: 1, wouldBlock: 0 }],
};
const reportOf = (more: object) => ({
  sequence: 1,
  seconds: [{ agoMs: 0, resources: [{ ...second, ...more }] }],
});

describe('the report of calls', () => {
  it('gives back what it was given', () => {
    expect(report.parse(reportOf({}))).toMatchObject(reportOf({}));
  });

  it.each([
    ['fewer than no calls', { passed: -1 }],
    ['half a call', { success: 0.5 }],
    ['more calls in a second than there can be', { passed: Number.MAX_SAFE_INTEGER }],
    ['a histogram of more', { latency: [[40, Number.MAX_SAFE_INTEGER]] }],
  ])('with %s is refused', (_, more) => {
    expect(report.safeParse(reportOf(more)).success).toBe(false);
  });
});
