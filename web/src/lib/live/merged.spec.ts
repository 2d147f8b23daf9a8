import { describe, expect, it } from '@jest/globals';
import { merged } from './merged.ts';

const entry = (id: string, state: string) => ({ id, state });
const idOf = (each: { id: string }): string => each.id;

describe('merged', () => {
  it('replaces in place, adds at the end, leaves out who is gone', () => {
    const list = [entry('a', 'pending'), entry('b', 'pending'), entry('c', 'pending')];
    expect(merged(list, [entry('b', 'applied'), entry('d', 'pending')], idOf, ['a'])).toEqual([
      entry('b', 'applied'),
      entry('c', 'pending'),
      entry('d', 'pending'),
    ]);
  });

  it('keeps entries that did not move as the same objects, so that nothing of them is drawn again', () => {
    const list = [entry('a', 'pending'), entry('b', 'pending')];
    expect(merged(list, [entry('b', 'applied')], idOf)[0]).toBe(list[0]);
  });
});
