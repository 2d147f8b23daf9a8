import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { momentMs } from './moment.ts';

describe('momentMs', () => {
  it('says what the calendar says', () => {
    fc.assert(
      fc.property(
        fc.date({
          min: new Date('0001-01-01T00:00:00Z'),
          max: new Date('9999-12-31T23:59:59Z'),
          noInvalidDate: true,
        }),
        (date) => {
          expect(momentMs(date.toISOString())).toBeCloseTo(date.getTime(), 3);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('takes moments without seconds, and nothing else', () => {
    expect(momentMs('1970-01-02T00:01Z')).toBe(86_460_000);
    for (const text of ['', '1970-01-01', '1970-01-01T00:00:00', '1970-01-01T00:00:00+01:00'])
      expect(momentMs(text)).toBeNaN();
  });
});
