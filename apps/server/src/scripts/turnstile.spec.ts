import { describe, expect, it } from '@jest/globals';
import { Turnstile } from './turnstile.ts';

function held(): { readonly work: () => Promise<string>; readonly end: () => void } {
  let end!: () => void;
  const ended = new Promise<string>((resolve) => {
    end = () => resolve('done');
  });
  return { work: () => ended, end };
}

describe('a turnstile', () => {
  it('lets a few through at once, some wait, and the rest are sent away', async () => {
    const turnstile = new Turnstile({ atOnce: 2, waiting: 1, perMinute: 100 });
    const [first, second] = [held(), held()];
    let isThirdIn = false;
    const one = turnstile.pass('a', 0, first.work);
    const two = turnstile.pass('a', 0, second.work);
    const three = turnstile.pass('b', 0, async () => {
      isThirdIn = true;
    });
    await expect(turnstile.pass('c', 0, async () => 1)).rejects.toMatchObject({
      code: 'too_many_requests',
      params: { retryAfterSec: 5 },
    });
    expect(isThirdIn).toBe(false);
    first.end();
    await three;
    expect(isThirdIn).toBe(true);
    second.end();
    expect(await Promise.all([one, two])).toEqual(['done', 'done']);
    expect(await turnstile.pass('c', 0, async () => 1)).toBe(1);
  });

  it('goes on after work that failed', async () => {
    const turnstile = new Turnstile({ atOnce: 1, waiting: 0, perMinute: 100 });
    await expect(turnstile.pass('a', 0, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await turnstile.pass('a', 0, async () => 1)).toBe(1);
  });

  it('counts by key and minute', async () => {
    const turnstile = new Turnstile({ atOnce: 1, waiting: 0, perMinute: 2 });
    const pass = (key: string, nowMs: number) => turnstile.pass(key, nowMs, async () => 'in');
    await pass('a', 0);
    await pass('a', 30_000);
    await expect(pass('a', 45_000)).rejects.toMatchObject({ params: { retryAfterSec: 15 } });
    expect(await pass('b', 45_000)).toBe('in');
    expect(await pass('a', 60_000)).toBe('in');
  });
});
