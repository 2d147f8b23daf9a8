import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { basisPointsOf, bucketOf, byHash, fullShare, inShare } from './bucket.ts';

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const fleet = Array.from({ length: 10_000 }, (_, index) => `orders-${index}`);
const share = (seed: string, points: number, ids = fleet): string[] =>
  ids.filter((id) => inShare(seed, id, points, sha256));

/** Standard deviation of how many of `n` are picked when each is with chance `p`. */
const sigma = (n: number, p: number): number => Math.sqrt(n * p * (1 - p));

describe('bucketOf', () => {
  // For whoever writes this in another language. First 8 hex digits of SHA-256("seed:instanceKey"), modulo 10,000.
  it.each([
    ['push-1', 'orders-0', 2451],
    ['push-1', 'orders-1', 6227],
    ['push-2', 'orders-0', 9734],
    ['', 'a', 8943],
    ['a', '', 3300],
    ['灰度', '订单-1', 4039],
    ['01J9Z3', 'bookstore-web/0', 6056],
  ] as const)('puts seed %p and instance %p into bucket %i', (seed, key, bucket) => {
    expect(bucketOf(seed, key, sha256)).toBe(bucket);
  });

  it('reads the first 32 bits as an unsigned number', () => {
    const of = (digits: string): number => bucketOf('s', 'i', () => `${digits}${'f'.repeat(56)}`);
    expect([of('00000000'), of('0000270f'), of('00002710'), of('80000000'), of('ffffffff')]).toEqual([
      0, 9999, 0, 3648, 7295,
    ]);
  });

  it('is asked with the seed, a colon and the key', () => {
    const asked: string[] = [];
    bucketOf('seed', 'ключ', (text) => {
      asked.push(text);
      return '0'.repeat(64);
    });
    expect(asked).toEqual(['seed:ключ']);
  });
});

describe('inShare', () => {
  it('keeps a smaller share inside a larger one, for any seed', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(fullShare), fc.nat(fullShare), fc.string(), (seed, a, b, key) => {
        const [small, large] = a < b ? [a, b] : [b, a];
        expect(!inShare(seed, key, small, sha256) || inShare(seed, key, large, sha256)).toBe(true);
      }),
    );
    const [five, quarter] = [new Set(share('push-1', 500)), new Set(share('push-1', 2500))];
    expect(five.size).toBeGreaterThan(0);
    expect([...five].filter((id) => !quarter.has(id))).toEqual([]);
  });

  it('is nobody at 0 and everybody at 10,000', () => {
    expect(share('any', 0)).toEqual([]);
    expect(share('any', fullShare)).toEqual(fleet);
  });

  it.each([100, 500, 1000, 2500, 5000, 9500])('picks %i of 10,000 within three sigma', (points) => {
    const p = points / fullShare;
    for (const seed of ['push-1', 'push-2', 'a', '']) {
      const off = Math.abs(share(seed, points).length - fleet.length * p);
      expect(off).toBeLessThanOrEqual(3 * sigma(fleet.length, p));
    }
  });

  it('fills all hundred hundreds alike', () => {
    const counts = new Array<number>(100).fill(0);
    for (const id of fleet) counts[Math.floor(bucketOf('push-1', id, sha256) / 100)]! += 1;
    // Chi-squared with 99 degrees of freedom: its mean is 99, three sigma above is 99 + 3 * sqrt(198).
    const chiSquared = counts.reduce((sum, n) => sum + (n - 100) ** 2 / 100, 0);
    expect(chiSquared).toBeLessThan(99 + 3 * Math.sqrt(198));
  });

  it('picks others under another seed', () => {
    const [one, two] = [new Set(share('push-1', 1000)), new Set(share('push-2', 1000))];
    // Independent choices of a tenth share a hundredth.
    const both = [...one].filter((id) => two.has(id)).length;
    expect(Math.abs(both - 100)).toBeLessThanOrEqual(3 * sigma(fleet.length, 0.01));
  });
});

describe('basisPointsOf', () => {
  it.each([
    [0.01, 1],
    [0.07, 7],
    [5, 500],
    [33.33, 3333],
    [100, 10_000],
    [0, undefined],
    [0.001, undefined],
    [0.005, undefined],
    [33.333, undefined],
    [100.01, undefined],
    [-1, undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
  ])('takes %p percent for %p', (percent, points) => {
    expect(basisPointsOf(percent)).toBe(points);
  });
});

describe('byHash', () => {
  it('does not depend on the order in which ids came, names each once, and knows the seed', () => {
    const ids = fleet.slice(0, 50);
    const order = byHash('s', ids, sha256);
    expect(byHash('s', [...ids].reverse().concat(ids), sha256)).toEqual(order);
    expect([...order].sort()).toEqual([...ids].sort());
    expect(byHash('t', ids, sha256)).not.toEqual(order);
  });

  it('keeps the order of those that stay when others come and go', () => {
    const order = byHash('s', fleet.slice(0, 60), sha256);
    const some = fleet.slice(30, 90);
    expect(byHash('s', some, sha256).filter((id) => order.includes(id))).toEqual(
      order.filter((id) => some.includes(id)),
    );
  });
});
