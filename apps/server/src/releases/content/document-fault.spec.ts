import { describe, expect, it } from '@jest/globals';
import { placeOf } from './document-fault.ts';

describe('placeOf', () => {
  it.each([
    ['', 0, 1, 1],
    ['ab', 1, 1, 2],
    ['a\nb', 2, 2, 1],
    ['a\r\nb', 3, 2, 1],
    ['a\rb', 2, 2, 1],
    ['a\r\n\r\nb', 5, 3, 1],
    ['a\n', 9, 2, 1],
  ])('%j at %d is line %d, column %d', (text, offset, line, column) => {
    expect(placeOf(text, offset)).toEqual({ line, column });
  });
});
