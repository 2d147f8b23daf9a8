import { describe, expect, it } from '@jest/globals';
import { figure } from './drill-text.ts';

describe('figures of a drill', () => {
  it('have the unit of their metric', () => {
    expect(figure('errorRatio', 0.05)).toBe('5 %');
    expect(figure('p99Ms', 1.789)).toBe('1.79 ms');
    expect(figure('p50Ms', 2000)).toBe('2000 ms');
    expect(figure('throughput', 12.5)).toBe('12.5/s');
    expect(figure('breakerOpen', 1)).toBe('1');
  });
});
