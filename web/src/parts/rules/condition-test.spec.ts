import { describe, expect, it } from '@jest/globals';
import { scalar, withOp } from './condition-test.ts';

describe('what a test of a condition compares with', () => {
  it.each([
    ['5', 5],
    ['-1.5', -1.5],
    ['true', true],
    ['web', 'web'],
    ['', ''],
    ['007', '007'],
    ['00', '00'],
    ['1.50', '1.50'],
    ['1e3', '1e3'],
    ['12345678901234567890', '12345678901234567890'],
    ['Infinity', 'Infinity'],
  ])('reads %j as %j', (text, value) => {
    expect(scalar(text)).toBe(value);
  });

  it('takes what was written along to another comparison', () => {
    const test = { on: 'origin', op: 'equals', value: 'web' };
    expect(withOp(test, 'prefix')).toEqual({ on: 'origin', op: 'prefix', value: 'web' });
    expect(withOp(test, 'in')).toEqual({ on: 'origin', op: 'in', values: ['web'] });
    expect(withOp({ on: 'origin', op: 'in', values: ['a', 'b'] }, 'equals')).toEqual({ ...test, value: 'a' });
    expect(withOp(test, 'atLeast')).toEqual({ on: 'origin', op: 'atLeast', value: 0 });
    expect(withOp({ on: 'origin', op: 'exists', value: true }, 'equals')).toEqual({ ...test, value: '' });
  });
});
