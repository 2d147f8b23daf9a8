import { describe, expect, it } from '@jest/globals';
import { Agenda } from './agenda.ts';
import { seededDraw } from './seeded-draw.ts';

describe('Agenda', () => {
  it('gives what was added in the order of time, and of adding where that is the same', () => {
    const draw = seededDraw(7);
    for (let round = 0; round < 20; round++) {
      const agenda = new Agenda<[number, number]>();
      const all: [number, number][] = [];
      const taken: [number, number][] = [];
      for (let i = 0; i < 300; i++) {
        const item: [number, number] = [Math.floor(draw() * 20), i];
        agenda.add(item[0], item);
        all.push(item);
      }
      while (agenda.size > 0) {
        const dueMs = agenda.nextMs;
        const item = agenda.take();
        expect(item[0]).toBe(dueMs);
        taken.push(item);
      }
      expect(taken).toEqual(all.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
      expect(agenda.nextMs).toBe(Number.POSITIVE_INFINITY);
    }
  });
});
