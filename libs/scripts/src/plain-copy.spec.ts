import { describe, expect, it } from '@jest/globals';
import { fullBudget, plainCopy } from './plain-copy.ts';

describe('a plain copy', () => {
  it('leaves out what is no data', () => {
    const value = { a: 1, f: () => 1, s: Symbol('s'), u: undefined, n: Number.NaN, list: [() => 1, 'x'] };
    expect(plainCopy(value, fullBudget())).toEqual({ a: 1, list: [null, 'x'] });
  });

  it('leaves out bytes, without looking at them', () => {
    const bytes = new Uint8Array(2 ** 28); // the list of its keys would not fit into memory
    const value = { id: 7, bytes, buffer: bytes.buffer, view: new DataView(bytes.buffer), in: [bytes] };
    expect(plainCopy(value, fullBudget())).toEqual({ id: 7, in: [null] });
    expect(plainCopy(bytes, fullBudget())).toBeUndefined();
    expect(plainCopy(new SharedArrayBuffer(8), fullBudget())).toBeUndefined();
  });

  it('reads nothing of an object that has more keys than it may copy', () => {
    let reads = 0;
    const read = { enumerable: true, get: () => ++reads };
    const keys = Array.from({ length: 2001 }, (_, n) => [`k${n}`, read]);
    const value = Object.defineProperties({}, Object.fromEntries(keys));
    expect(() => plainCopy(value, fullBudget())).toThrow();
    expect(reads).toBe(0);
  });
});
