import { describe, expect, it } from '@jest/globals';
import { PasswordHasher } from './password-hasher.ts';

describe('PasswordHasher', () => {
  it('hashes with argon2id at the promised cost, each time with another salt', async () => {
    const hasher = new PasswordHasher();
    await hasher.onModuleInit();
    const [one, two] = await Promise.all([hasher.hash('a secret'), hasher.hash('a secret')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    expect(await hasher.verify(one, 'a secret')).toBe(true);
    expect(await hasher.verify(one, 'A secret')).toBe(false);
    expect(await hasher.verify(undefined, 'a secret')).toBe(false);
  });

  it('takes as long for a name that nobody has', async () => {
    const hasher = new PasswordHasher();
    await hasher.onModuleInit();
    const stored = await hasher.hash('a secret');
    const msOf = async (of: string | undefined): Promise<number> => {
      const began = performance.now();
      await hasher.verify(of, 'wrong');
      return performance.now() - began;
    };
    // In turns, and the shortest of each: what the machine does besides is in the others. Without a hash to compare
    // with it would be next to nothing.
    const times: [known: number, unknown: number][] = [];
    for (let i = 0; i < 9; i++) times.push([await msOf(stored), await msOf(undefined)]);
    const [known, unknown] = [0, 1].map((which) => Math.min(...times.map((each) => each[which]!)));
    expect(unknown! / known!).toBeGreaterThan(1 / 3);
    expect(unknown! / known!).toBeLessThan(3);
  });

  it('does two at a time, lets fifty wait and sends the rest away', async () => {
    const hasher = new PasswordHasher();
    const started: (() => void)[] = [];
    const work = (): Promise<void> => new Promise((resolve) => started.push(resolve));
    const taken = Array.from({ length: 52 }, () => hasher.inTurn(work));
    await expect(hasher.inTurn(work)).rejects.toMatchObject({ code: 'too_many_requests' });
    expect(started).toHaveLength(2);
    for (let done = 0; done < 52; done++) {
      started[done]!();
      await taken[done];
      // The next one begins as soon as a place is free.
      if (done < 50) expect(started).toHaveLength(done + 3);
    }
    await hasher.inTurn(async () => undefined);
  });

  it('frees the place of work that fails', async () => {
    const hasher = new PasswordHasher();
    const failing = Array.from({ length: 10 }, () => hasher.inTurn(() => Promise.reject(new Error('no'))));
    expect((await Promise.allSettled(failing)).every(({ status }) => status === 'rejected')).toBe(true);
    expect(await hasher.inTurn(async () => 'still works')).toBe('still works');
  });
});
