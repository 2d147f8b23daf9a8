import { describe, expect, it } from '@jest/globals';
import { LastGood } from './last-good.ts';

const [pay, search] = [{}, {}];

describe('the last good answer', () => {
  it('is a copy, given anew each time, that ages', () => {
    const kept = new LastGood<object>();
    const answer = { items: [1, 2], at: new Date(0) };
    kept.note(pay, answer, 0);
    answer.items.push(3);
    const first = kept.find(pay, 10)?.value as typeof answer;
    first.items.push(4);
    expect(kept.find(pay, 10)?.value).toEqual({ items: [1, 2], at: new Date(0) });
    expect(kept.find(pay, 500, 400)).toBeUndefined();
    expect(kept.find(search, 10)).toBeUndefined();
  });

  it('has the bytes of buffers and of other views, as what they were, and no others', () => {
    const kept = new LastGood<object>();
    const floats = new Float64Array(4).fill(0.5);
    const text = Buffer.from('text');
    const answer = { text, again: text, parts: [floats.subarray(1, 3), new DataView(floats.buffer, 8, 8)] };
    kept.note(pay, answer, 0);
    text.write('gone');
    floats.fill(0);
    const [first, second] = [1, 2].map((at) => kept.find(pay, at)?.value as typeof answer);
    second!.text.write('lost');
    expect(Buffer.isBuffer(first!.text)).toBe(true);
    expect(String(first!.text)).toBe('text');
    expect(kept.find(pay, 3)?.value).toMatchObject({ text: Buffer.from('text') });
    expect(first!.again).toBe(first!.text);
    expect(first!.text.buffer.byteLength).toBe(4);
    const [some, view] = first!.parts as [Float64Array, DataView];
    expect([some, some.buffer.byteLength]).toEqual([new Float64Array([0.5, 0.5]), 16]);
    expect([view.byteLength, view.buffer.byteLength]).toEqual([8, 8]);
    const deep = new Map([[new Set([text]), [new Date(5), { __proto__: null, bytes: text }]]]);
    kept.note(search, deep, 0);
    expect(kept.find(search, 1)?.value).toEqual(deep);
  });

  it('may be nothing, which is an answer too', () => {
    const kept = new LastGood<object>();
    kept.note(pay, undefined, 0);
    expect(kept.find(pay, 1)).toEqual({ value: undefined });
  });

  it('is copied once a second, and a large one more rarely', () => {
    const kept = new LastGood<object>();
    kept.note(pay, 1, 0);
    kept.note(pay, 2, 999);
    expect(kept.find(pay, 999)).toEqual({ value: 1 });
    kept.note(pay, Array(10_000).fill(0), 1000);
    kept.note(pay, 3, 3000);
    expect(kept.find(pay, 3000)?.value).toHaveLength(10_000);
  });

  it('is not kept where a copy would be something else, or too large', () => {
    const kept = new LastGood<object>();
    class Money {
      readonly amount = 1;
    }
    const odd = {
      get price() {
        throw new Error('later');
      },
    };
    const endless: unknown[] = [];
    endless.push(endless);
    class Rows extends Array<number> {
      first() {
        return this[0];
      }
    }
    class When extends Date {}
    const all = [
      Rows.of(1),
      { rows: Rows.of(1) },
      new When(),
      new (class extends Map {})(),
      new (class extends Set {})(),
      new Money(),
      [new Money()],
      () => 1,
      Symbol('a'),
      Array(50_000).fill(0),
      'x'.repeat(9e6),
      odd,
    ];
    for (const [i, value] of [...all, endless, new Response('a'), new Set([() => 1])].entries()) {
      kept.note(pay, value, i * 60_000);
      expect(kept.find(pay, i * 60_000)).toBeUndefined();
    }
    kept.note(pay, new Map([['a', new Set([Buffer.from('b')])]]), 1e7);
    expect(kept.find(pay, 1e7)?.value).toHaveProperty('size', 1);
  });

  it('stays, as old as it is, when a newer one can’t be kept', () => {
    const kept = new LastGood<object>();
    kept.note(pay, ['small'], 0);
    kept.note(pay, Array(50_000).fill(0), 5000);
    kept.note(pay, () => 1, 10_000);
    expect(kept.find(pay, 10_000, 10_000)?.value).toEqual(['small']);
    expect(kept.find(pay, 10_001, 10_000)).toBeUndefined();
    kept.note(pay, ['newer'], 20_000);
    expect(kept.find(pay, 20_000, 0)?.value).toEqual(['newer']);
  });

  it('is forgotten, the oldest first, when all together are too much', () => {
    const kept = new LastGood<object>();
    const keys = Array.from({ length: 80 }, () => ({}));
    for (const key of keys) kept.note(key, Array(19_000).fill(0), 0);
    expect(kept.find(keys[0]!, 0)).toBeUndefined();
    expect(kept.find(keys[79]!, 0)).toBeDefined();
    expect(keys.filter((key) => kept.find(key, 0))).toHaveLength(52);
  });

  it('is not kept of ever more names, however little it is', () => {
    const kept = new LastGood<object>();
    const keys = Array.from({ length: 20_000 }, () => ({}));
    for (const key of keys) kept.note(key, 1, 0);
    const found = keys.filter((key) => kept.find(key, 0));
    expect(found.length).toBeGreaterThan(5000);
    expect(found.length).toBeLessThan(10_000);
    expect(found.at(-1)).toBe(keys.at(-1));
  });
});
