import { describe, expect, it } from '@jest/globals';
import type { Degrade, Rule } from '@sluice/core';
import { manualClock } from '../testing/manual-clock.ts';
import { type TestSluice, testSluice } from '../testing/test-sluice.ts';
import { BlockedError } from './blocked-error.ts';

const closed = (onBlock: Degrade, more: object = {}): Rule => ({
  kind: 'degrade',
  resource: { match: 'exact', value: 'pay' },
  mode: 'intercept',
  onBlock,
  ...more,
});

function bench() {
  const clock = manualClock();
  const sluice = testSluice({}, { clock });
  const said: string[] = [];
  sluice.on('notice', ({ code }) => said.push(code));
  return { clock, sluice, said };
}

const given = (sluice: TestSluice, onBlock: Degrade, more: object = {}): Promise<void> =>
  sluice.rules({ closed: closed(onBlock, more) });

describe('what a refused caller gets', () => {
  it('is what the rule says, and only without that what the code says', async () => {
    const { sluice } = bench();
    const charge = sluice.protect('pay', (n: number): unknown => n, { fallback: () => 'of the code' });
    await given(sluice, { answer: 'empty' });
    expect(charge(1)).toBeUndefined();
    await given(sluice, { answer: 'error', message: 'closed' });
    expect(() => charge(1)).toThrow('closed');
    for (const answer of [
      { answer: 'fallback', name: 'unknown' },
      { answer: 'lastGood' },
      { answer: 'script', ruleId: 'none' },
    ] as const) {
      await given(sluice, answer);
      expect(charge(1)).toBe('of the code');
    }
    await sluice.rules({});
    expect(charge(1)).toBe(1);
  });

  it('is the error where neither says anything that can be had', async () => {
    const { sluice, said } = bench();
    await given(sluice, { answer: 'fallback', name: 'unknown' });
    expect(sluice.protect('pay', () => 1)).toThrow(BlockedError);
    await expect(sluice.protect('pay', async () => 1)()).rejects.toThrow(BlockedError);
    expect(said).toEqual(['fallback_missing', 'fallback_missing']);
  });

  it('ends where a fallback calls its own resource, and not in an endless circle', async () => {
    const { sluice, said } = bench();
    const charge = sluice.protect('pay', async (n: number): Promise<number> => n);
    let turns = 0;
    sluice.fallback('again', async (_, n: number) => {
      turns += 1;
      await null;
      // A test has to end without the guard, too.
      return turns < 1000 && n !== 3 ? charge(n + 1) : n;
    });
    await given(sluice, { answer: 'fallback', name: 'again' });
    expect([await charge(1), turns]).toEqual([3, 3]);
    await expect(charge(4)).rejects.toThrow(BlockedError);
    expect(turns).toBe(3 + 8);
    expect(said).toEqual(['fallback_circular']);
  });

  it('is data of its own, whatever the callers before did to theirs', async () => {
    const { sluice } = bench();
    await given(sluice, { answer: 'value', value: { items: [1] } });
    const search = sluice.protect('pay', (): { items: number[] } => ({ items: [] }));
    search().items.push(2);
    expect(search()).toEqual({ items: [1] });
  });

  it('comes from a named fallback, which gets the refusal and the arguments, until it is taken away', async () => {
    const { sluice, said } = bench();
    await given(sluice, { answer: 'fallback', name: 'cheap' });
    const seen: unknown[] = [];
    const away = sluice.fallback('cheap', (error, ...args) => {
      seen.push(error.code, ...args);
      return 'cheap';
    });
    const charge = sluice.protect('pay', (a: string, b: number): string => `${a}${b}`);
    expect(charge('x', 2)).toBe('cheap');
    expect(seen).toEqual(['degraded', 'x', 2]);
    away();
    expect(() => charge('x', 2)).toThrow(BlockedError);
    sluice.fallback('cheap', async () => 'later');
    expect(() => charge('x', 2)).toThrow(BlockedError);
    await expect(sluice.protect('pay', async () => 'paid')()).resolves.toBe('later');
    expect(said).toEqual(['fallback_missing', 'fallback_async']);
  });

  it('may be an error of the fallback, as it is', async () => {
    const { sluice } = bench();
    await given(sluice, { answer: 'fallback', name: 'cheap' });
    sluice.fallback('cheap', () => {
      throw new RangeError('cheap is out');
    });
    expect(sluice.protect('pay', () => 1)).toThrow(RangeError);
  });

  it('is the last good answer as long as it is not too old', async () => {
    const { clock, sluice } = bench();
    let price = 1;
    const quote = sluice.protect('pay', async () => ({ price: price++ }));
    await quote();
    await clock.advance(1000);
    await quote();
    await given(sluice, { answer: 'lastGood', maxAgeMs: 5000 });
    await expect(quote()).resolves.toEqual({ price: 2 });
    await clock.advance(6000);
    await expect(quote()).rejects.toThrow(BlockedError);
  });

  it('is for a share of the calls where the rule says so', async () => {
    const { sluice } = bench();
    await given(sluice, { answer: 'value', value: 'degraded' }, { share: 0.25 });
    const charge = sluice.protect('pay', (): string => 'paid');
    const answers = Array.from({ length: 4000 }, () => charge());
    const degraded = answers.filter((answer) => answer === 'degraded').length;
    expect(degraded).toBeGreaterThan(800);
    expect(degraded).toBeLessThan(1200);
  });

  it('is for adapters to ask, too', async () => {
    const { sluice } = bench();
    const refusal = (): BlockedError => {
      try {
        sluice.entry('pay', { type: 'web' });
      } catch (error) {
        return error as BlockedError;
      }
      throw new Error('it was let in');
    };
    await given(sluice, { answer: 'http', status: 410, body: '<p>closed</p>', contentType: 'text/html' });
    expect(refusal()).toMatchObject({ httpStatus: 410, type: 'web' });
    expect(refusal().toHttp()).toEqual({
      status: 410,
      headers: { 'content-type': 'text/html' },
      body: '<p>closed</p>',
    });
    expect(() => sluice.answer(refusal())).toThrow(BlockedError);
    await given(sluice, { answer: 'value', value: [] });
    expect(refusal().toHttp()).toMatchObject({ status: 200, body: '[]' });
    expect(sluice.answer(refusal())).toEqual([]);
    await given(sluice, { answer: 'empty' });
    expect(refusal().toHttp().status).toBe(204);
  });
});
