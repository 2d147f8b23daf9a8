import { describe, expect, it } from '@jest/globals';
import type { ResourceMatch } from '@sluice/core';
import { mayOverlap } from './overlap.ts';

const exact = (value: string, type?: 'web' | 'rpc'): ResourceMatch => ({
  match: 'exact',
  value,
  ...(type && { type }),
});
const prefix = (value: string): ResourceMatch => ({ match: 'prefix', value });
const glob = (value: string): ResourceMatch => ({ match: 'glob', value });

describe('mayOverlap', () => {
  it.each([
    [exact('pay'), exact('pay'), true],
    [exact('pay'), exact('stock'), false],
    [exact('pay', 'web'), exact('pay', 'rpc'), false],
    [exact('pay', 'web'), exact('pay'), true],
    [exact('pay.charge'), prefix('pay.'), true],
    [exact('stock'), prefix('pay.'), false],
    [exact('GET /books'), glob('GET /*'), true],
    [exact('GET /books/1'), glob('GET /*'), false],
    [prefix('pay'), prefix('pay.charge'), true],
    [prefix('pay'), prefix('stock'), false],
    [glob('**'), exact('anything'), true],
    [glob('pay.*'), glob('stock.*'), false],
    [glob('*.charge'), prefix('stock'), true],
  ])('%j and %j: %s', (a, b, expected) => {
    expect(mayOverlap(a, b)).toBe(expected);
    expect(mayOverlap(b, a)).toBe(expected);
  });
});
