import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sorted } from './sorted.ts';

const self = <T>(value: T): T => value;

describe('sorted', () => {
  it('counts numbers in names as numbers', () => {
    expect(sorted(['web-10', 'web-9', 'api-2'], self, true)).toEqual(['api-2', 'web-9', 'web-10']);
    expect(sorted(['web-10', 'web-9', 'api-2'], self, false)).toEqual(['web-10', 'web-9', 'api-2']);
  });

  it('has what is unknown last whichever way', () => {
    expect(sorted([undefined, 2, 1], self, true)).toEqual([1, 2, undefined]);
    expect(sorted([undefined, 1, 2], self, false)).toEqual([2, 1, undefined]);
  });

  it('keeps every row, leaves equal ones as they were, and the list that it was given too', () => {
    const row = fc.record({
      at: fc.nat(),
      value: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(row, { selector: ({ at }) => at }), fc.boolean(), (rows, isUp) => {
        const before = [...rows];
        const after = sorted(rows, ({ value }) => value, isUp);
        expect(rows).toEqual(before);
        expect(new Set(after)).toEqual(new Set(rows));
        for (const [i, next] of after.slice(1).entries()) {
          const last = after[i]!;
          if (last.value === next.value) expect(rows.indexOf(last)).toBeLessThan(rows.indexOf(next));
          else if (next.value !== undefined) expect(last.value! < next.value).toBe(isUp);
        }
      }),
    );
  });
});
