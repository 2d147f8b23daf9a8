import { describe, expect, it } from '@jest/globals';
import { TooSlow, withinTime } from './within-time.ts';

describe('withinTime', () => {
  it('gives what the work gives, and throws what it throws', () => {
    expect(withinTime(1000, () => ({ a: 1 }))).toEqual({ a: 1 });
    expect(() =>
      withinTime(1000, () => {
        throw new RangeError('mine');
      }),
    ).toThrow(new RangeError('mine'));
  });

  it('may be used inside of itself', () => {
    expect(withinTime(1000, () => withinTime(500, () => 1) + 1)).toBe(2);
  });

  it.each([
    [
      'a loop',
      () => {
        for (;;);
      },
    ],
    ['a match', () => /^(a+)+$/.test(`${'a'.repeat(50)}!`)],
  ])('stops %s that never ends, and works on', (_, work) => {
    expect(() => withinTime(50, work as () => unknown)).toThrow(TooSlow);
    expect(withinTime(1000, () => 1)).toBe(1);
  });
});
