import { describe, expect, it } from '@jest/globals';
import { rateOf } from './resource-rows.ts';

describe('calls by the second', () => {
  it('are of the seconds of the last minute of which something is known', () => {
    const told = { passed: 90, blocked: { limited: 10 }, wouldBlock: 0, success: 90, errors: 0 };
    const rest = { degraded: 0, injected: 0, active: 0 };
    expect(rateOf({ ...told, ...rest, seconds: 60 })).toBeCloseTo(100 / 60);
    // Right after a start of the server: not a tenth of what there is.
    expect(rateOf({ ...told, ...rest, seconds: 5 })).toBe(20);
  });
});
