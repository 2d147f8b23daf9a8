import { describe, expect, it } from '@jest/globals';
import { editDistance, lookalike, nearest } from './nearest.ts';

describe('the nearest name', () => {
  it('counts inserts, deletes, replacements and swapped neighbours, ignoring case', () => {
    expect(editDistance('timeout', 'timeout')).toBe(0);
    expect(editDistance('TimeOut', 'timeout')).toBe(0);
    expect(editDistance('timout', 'timeout')).toBe(1);
    expect(editDistance('timeuot', 'timeout')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('abc', '')).toBe(3);
  });

  it('is the closest one, and none when all are far', () => {
    expect(nearest('odrer', ['order', 'pay', 'orders'])).toBe('order');
    expect(nearest('zebra', ['order', 'pay'])).toBeUndefined();
    expect(nearest('order', [])).toBeUndefined();
  });

  it('is a slip when only case, separators or one letter differ, but not when numbering does', () => {
    expect(lookalike('timeOutMs', ['timeoutMs'])).toBe('timeoutMs');
    expect(lookalike('timeout_ms', ['timeoutMs'])).toBe('timeoutMs');
    expect(lookalike('timeoutM', ['timeoutMs'])).toBe('timeoutMs');
    expect(lookalike('host2', ['host1'])).toBeUndefined();
    expect(lookalike('max', ['min'])).toBeUndefined();
    expect(lookalike('retries', ['timeoutMs'])).toBeUndefined();
  });
});
