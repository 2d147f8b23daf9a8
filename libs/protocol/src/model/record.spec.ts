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

  it('gives up after the first hundred faults, and names their places', () => {
    const numbers = z.object({ all: record(z.string().max(6), z.number()) });
    const of = (value: unknown, count: number): object => ({
      all: Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, value])),
    });
    expect(numbers.safeParse(of(1, 10_000)).success).toBe(true);
    const { error } = numbers.safeParse(of('1', 10_000));
    expect(error?.issues).toHaveLength(100);
    expect(error?.issues[99]).toMatchObject({ code: 'invalid_type', path: ['all', 'k99'] });
    expect(numbers.safeParse(of('1', 150)).error?.issues).toHaveLength(150);
    const few = { all: { ...(of(1, 1000) as { all: object }).all, 'too long a key': 1, k3: 'x' } };
    expect(numbers.safeParse(few).error?.issues.map(({ path }) => path)).toEqual([
      ['all', 'k3'],
      ['all', 'too long a key'],
    ]);
  });
});
