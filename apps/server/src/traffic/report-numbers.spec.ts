import { describe, expect, it } from '@jest/globals';
import { seededDraw } from '@sluice/core';
import { ReportNumbers } from './report-numbers.ts';

describe('numbers of reports', () => {
  it('tell those that are lost, those that come late, and those that come again', () => {
    const numbers = new ReportNumbers();
    const answers = [3, 4, 4, 7, 6, 6, 3, 2, 2, 8].map((sequence) => numbers.take(sequence));
    expect(answers).toEqual([0, 0, undefined, 2, 0, undefined, undefined, 0, undefined, 0]);
  });

  it('are known for the last 128, and begin anew where they are far below', () => {
    const numbers = new ReportNumbers();
    for (let sequence = 1; sequence <= 1000; sequence++) expect(numbers.take(sequence)).toBe(0);
    expect(numbers.take(1000 - 127)).toBeUndefined();
    expect(numbers.take(5000)).toBe(3999);
    expect(numbers.take(4999)).toBe(0);
    expect([numbers.take(1), numbers.take(2), numbers.take(1)]).toEqual([0, 0, undefined]);
  });

  it('count each report once, whatever is sent again in whatever order', () => {
    const draw = seededDraw(5);
    const numbers = new ReportNumbers();
    const counted = new Map<number, number>();
    for (let i = 0; i < 5000; i++) {
      const sequence = 1 + Math.floor(i / 4) + Math.floor(draw() * 60);
      if (numbers.take(sequence) !== undefined) counted.set(sequence, (counted.get(sequence) ?? 0) + 1);
    }
    expect(new Set(counted.values())).toEqual(new Set([1]));
  });
});
