import { describe, expect, it } from '@jest/globals';
import { isName, jsonDepth, limits } from './limits.ts';

describe('isName', () => {
  it.each([
    'a',
    'order-api',
    'v2.3',
    '_',
    '-',
    '0',
    '.env',
    'A'.repeat(128),
    'toString',
    '__proto',
    'Constructor',
  ])('takes %j', (name) => {
    expect(isName(name)).toBe(true);
  });

  it.each([
    '',
    'A'.repeat(129),
    '.',
    '..',
    '...',
    'a b',
    'a/b',
    'a\\b',
    'a\n',
    'é',
    '应用',
    'a%2e',
    'a\0',
    '__proto__',
    'constructor',
    'prototype',
  ])('refuses %j', (name) => {
    expect(isName(name)).toBe(false);
  });
});

describe('jsonDepth', () => {
  const nested = (depth: number): unknown => {
    let value: unknown = 1;
    for (let i = 0; i < depth; i++) value = i % 2 ? { a: value } : [value];
    return value;
  };

  it('counts containers inside each other', () => {
    for (const depth of [0, 1, 2, 31, 32, 33]) expect(jsonDepth(nested(depth))).toBe(depth);
    expect(jsonDepth([[], { a: {} }, [[1]]])).toBe(3);
    expect(jsonDepth({})).toBe(1);
  });

  it('stops counting instead of following a text that nests a hundred thousand deep', () => {
    expect(jsonDepth(nested(100_000))).toBe(limits.jsonDepth + 1);
    expect(jsonDepth(nested(100_000), 5)).toBe(5);
  });
});
