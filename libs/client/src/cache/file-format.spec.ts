import { describe, expect, it } from '@jest/globals';
import { wireMap } from '../testing/wire-namespace.ts';
import { decodeCacheFile, encodeCacheFile } from './file-format.ts';

const owner = { environment: 'prod', app: 'order-api', instanceId: 'order-1', origin: 'o' };
const values = Object.fromEntries(Array.from({ length: 24 }, (_, i) => [`key${i}`, `value ${i} 水闸`]));
const cached = {
  savedAt: 1_700_000_000_000,
  snapshot: {
    epoch: 1,
    revision: 57,
    rootDigest: 'a'.repeat(64),
    namespaces: [wireMap('order', values, 57)],
  },
};
const bytes = encodeCacheFile(owner, 9, cached);

describe('a cache file', () => {
  it('is read back as it was written', () => {
    const decoded = decodeCacheFile(bytes, owner);
    expect(decoded).toEqual({ ...cached, generation: 9, instanceId: 'order-1', origin: 'o' });
  });

  it('says in its first line, in plain text, what it is', () => {
    const [line] = bytes.toString().split('\n');
    expect(line).toMatch(/^SLUICE \{"app":"order-api","bodyBytes":\d+,"environment":"prod","epoch":1,/);
  });

  it(`is never taken for good when cut at any length (${bytes.length} bytes)`, () => {
    expect(bytes.length).toBeGreaterThan(1500);
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeCacheFile(bytes.subarray(0, length), owner)).toThrow();
  });

  it('is never taken for good with any single bit flipped', () => {
    const damaged = Buffer.from(bytes);
    const taken: string[] = [];
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        damaged[at] = bytes[at]! ^ (1 << bit);
        try {
          decodeCacheFile(damaged, owner);
          taken.push(`byte ${at}, bit ${bit}`);
        } catch (error) {
          if (!(error instanceof Error)) taken.push(`byte ${at}, bit ${bit}: ${error}`);
        }
      }
      damaged[at] = bytes[at]!;
    }
    expect(taken).toEqual([]);
  });

  it.each([
    ['zeros of its length', Buffer.alloc(bytes.length)],
    ['its bytes and one more', Buffer.concat([bytes, Buffer.from(' ')])],
    ['twice itself', Buffer.concat([bytes, bytes])],
    ['other JSON', Buffer.from('{"hello":1}\n')],
    ['a newer version', Buffer.from(bytes.toString().replace('"v":1', '"v":2'))],
  ])('is not %s', (_, other) => {
    expect(() => decodeCacheFile(other, owner)).toThrow(Error);
  });

  it('of another app or environment is refused', () => {
    for (const other of [
      { ...owner, app: 'pay-api' },
      { ...owner, environment: 'staging' },
    ])
      expect(() => decodeCacheFile(encodeCacheFile(other, 9, cached), owner)).toThrow('it belongs to');
  });
});
