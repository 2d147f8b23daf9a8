import { describe, expect, it } from '@jest/globals';
import { Memo } from './memo.ts';

describe('a memo', () => {
  it('knows an answer until it is too old', () => {
    const memo = new Memo<number>();
    memo.set('a', 1, 1000);
    expect(memo.get('a', 1099, 100)).toBe(1);
    expect(memo.get('a', 1100, 100)).toBeUndefined();
    expect(memo.get('a', 9_999_999, Number.POSITIVE_INFINITY)).toBe(1);
  });

  it('holds 10,000 answers and drops the one that was longest not asked for', () => {
    const memo = new Memo<number>();
    for (let n = 0; n < 10_000; n++) memo.set(`${n}`, n, 0);
    expect(memo.get('0', 0, 1)).toBe(0);
    memo.set('more', 1, 0);
    expect(memo.size).toBe(10_000);
    expect([memo.get('0', 0, 1), memo.get('1', 0, 1)]).toEqual([0, undefined]);
  });

  it('holds 4 MiB of keys', () => {
    const memo = new Memo<number>();
    for (let n = 0; n < 1000; n++) memo.set(`${n}`.padEnd(16_384), n, 0);
    expect(memo.size).toBe(256);
    for (let n = 0; n < 1000; n++) memo.set('same', n, 0);
    expect(memo.size).toBe(256);
  });

  it('holds 4 MiB of keys and values together', () => {
    const memo = new Memo<string>();
    for (let n = 0; n < 200; n++) memo.set(`${n}`.padEnd(1024), '', 0, 64_512);
    expect(memo.size).toBe(64);
    // A lighter answer to the same makes room.
    for (let n = 136; n < 200; n++) memo.set(`${n}`.padEnd(1024), '', 0, 0);
    for (let n = 0; n < 63; n++) memo.set(`more ${n}`.padEnd(1024), '', 0, 64_512 - 1024);
    expect(memo.size).toBe(127);
  });
});
