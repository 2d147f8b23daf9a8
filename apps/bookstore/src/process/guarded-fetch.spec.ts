import { describe, expect, it } from '@jest/globals';
import { patternOf } from './guarded-fetch.ts';

describe('the name of a call', () => {
  it.each([
    ['/books', '/books'],
    ['/books/moby-dick', '/books/:id'],
    ['/reservations/7d0c/confirm', '/reservations/:id/confirm'],
  ])('to %s holds no id: %s', (path, pattern) => {
    expect(patternOf(path)).toBe(pattern);
  });
});
