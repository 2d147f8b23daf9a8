import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { seededDraw } from '../guarding/seeded-draw.ts';
import { Concurrency, concurrencyShape } from './concurrency.ts';
import { Keyed } from './keyed.ts';
import { TokenBucket, tokenBucketShape } from './token-bucket.ts';

const shape = tokenBucketShape({ algorithm: 'tokenBucket', limit: 2, intervalMs: 1000 });
const keyed = (maxKeys: number) => new Keyed(maxKeys, (_, nowMs) => new TokenBucket(shape, nowMs));

function take(all: Keyed<TokenBucket>, key: string, nowMs: number): boolean {
  const limiter = all.find(key);
  if (limiter && limiter.peek({ nowMs }) > 0) return false;
  all.take(key, nowMs).commit({ nowMs });
  return true;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

describe('Keyed', () => {
  it('counts each key by itself, and makes none by asking', () => {
    const all = keyed(10);
    expect(all.find('a')).toBeUndefined();
    expect(all.size).toBe(0);
    expect(['a', 'a', 'a', 'b', 'b', 'b'].map((key) => take(all, key, 0))).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
    ]);
  });

  it('forgets first what loses nothing by it', () => {
    const all = keyed(3);
    for (const key of ['busy', 'idle', 'other']) take(all, key, 0);
    take(all, 'busy', 400);
    take(all, 'other', 400);
    take(all, 'new', 600);
    expect(['busy', 'idle', 'other', 'new'].map((key) => all.find(key) !== undefined)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('forgets the key that was asked for last like any other', () => {
    const all = keyed(1);
    take(all, 'first', 0);
    expect(all.find('first')).toBeDefined();
    all.take('second', 0);
    expect(all.find('first')).toBeUndefined();
    expect(all.find('second')).toBeDefined();
    all.resize(0, 0);
    expect(all.find('second')).toBeUndefined();
  });

  it('keeps who is over the limit while others come and go, as long as he comes too', () => {
    const all = keyed(100);
    const draw = seededDraw(1);
    let passed = 0;
    for (let i = 0; i < 20_000; i++) {
      take(all, `${Math.floor(draw() * 1e6)}`, i / 10);
      if (i % 10 === 0 && take(all, 'greedy', i / 10)) passed++;
    }
    expect(passed).toBeLessThanOrEqual(7);
  });

  it('forgets a permit that is out only when all others are out too', () => {
    const all = new Keyed(20, () => new Concurrency(concurrencyShape({ algorithm: 'concurrency', max: 1 })));
    const held = all.take('held', 0);
    held.commit();
    for (let i = 0; i < 1000; i++) {
      const other = all.take(`${i}`, 0);
      other.commit();
      other.release();
    }
    expect(all.find('held')).toBe(held);
  });

  it('never remembers more keys than it may, whatever happens', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer(), (maxKeys, seed) => {
        const draw = seededDraw(seed);
        const all = keyed(maxKeys);
        for (let i = 0; i < 500; i++) {
          const key = `${Math.floor(draw() * 60)}`;
          const before = all.find(key);
          const limiter = all.take(key, i);
          if (before && before !== limiter) throw new Error('a key was made twice');
          if (all.find(key) !== limiter) throw new Error('a key was forgotten at once');
          limiter.commit({ nowMs: i });
          if (i === 250) all.resize(Math.max(1, maxKeys >> 1), i);
          if (all.size > maxKeys) throw new Error(`${all.size} keys`);
        }
        let visited = 0;
        all.forEach(() => {
          visited++;
        });
        expect(visited).toBe(all.size);
        expect(all.size).toBeLessThanOrEqual(Math.max(1, maxKeys >> 1));
      }),
    );
  });

  it('decides like one bucket a key as long as none is forgotten', () => {
    const all = keyed(50);
    const each = new Map<string, TokenBucket>();
    const draw = seededDraw(3);
    for (let nowMs = 0; nowMs < 100_000; nowMs++) {
      const key = `k${Math.floor(draw() * 50)}`;
      if (!each.has(key)) each.set(key, new TokenBucket(shape, nowMs));
      const goes = each.get(key)!.peek({ nowMs }) === 0;
      if (goes) each.get(key)!.commit({ nowMs });
      if (take(all, key, nowMs) !== goes) throw new Error(`at ${nowMs}`);
    }
    expect(all.size).toBe(50);
  });

  it('cuts long keys, and still tells them apart', () => {
    const all = keyed(10_000);
    const long = 'x'.repeat(5000);
    for (let i = 0; i < 100; i++) take(all, `${long}${i}`, 0);
    expect(all.size).toBe(100);
    all.forEach((_, key) => {
      expect(key.length).toBeLessThanOrEqual(256);
    });
  });

  it('holds a million distinct keys in less than 50 MB', () => {
    const all = keyed(10_000);
    const before = heapBytes();
    for (let i = 0; i < 1_000_000; i++) take(all, `user-${i}`, i / 1000);
    expect(all.size).toBe(10_000);
    expect(heapBytes() - before).toBeLessThan(50 * 1024 * 1024);
  });
});
