import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { record } from './record.ts';

describe('record', () => {
  it('refuses the key that the library would drop, and leaves others as they are', () => {
    const numbers = record(z.string(), z.number());
    expect(numbers.parse(JSON.parse('{"constructor":1,"toString":2}'))).toEqual({
      constructor: 1,
      toString: 2,
    });
    expect(numbers.safeParse(JSON.parse('{"a":1,"__proto__":2}')).success).toBe(false);
    expect(numbers.optional().parse(undefined)).toBeUndefined();
    expect(numbers.safeParse(null).success).toBe(false);
  });
});
