import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { KeyRoom } from './key-room.ts';
import { Keyed } from './keyed.ts';
import { TokenBucket, tokenBucketShape } from './token-bucket.ts';

const shape = tokenBucketShape({ algorithm: 'tokenBucket', limit: 2, intervalMs: 1000 });
const holderIn = (room: KeyRoom, maxKeys = 1000) =>
  new Keyed(maxKeys, (_, nowMs) => new TokenBucket(shape, nowMs), room);
const holdersIn = (room: KeyRoom, count: number) => Array.from({ length: count }, () => holderIn(room));
const sum = (holders: readonly { readonly size: number }[]): number =>
  holders.reduce((all, { size }) => all + size, 0);

function use(holder: Keyed<TokenBucket>, keys: number, nowMs = 0): void {
  for (let key = 0; key < keys; key++) holder.take(`k${key}`, nowMs).commit({ nowMs });
}

describe('the room that keys of several holders share', () => {
  it('is given to whoever comes, while there is some', () => {
    const [first, second] = holdersIn(new KeyRoom(100), 2);
    use(first!, 90);
    use(second!, 10);
    expect([first!.size, second!.size]).toEqual([90, 10]);
  });

  it('is evened out once all is taken: of who has more than his share for who has less', () => {
    const [first, second] = holdersIn(new KeyRoom(100), 2);
    use(first!, 100);
    use(second!, 300);
    expect([first!.size, second!.size]).toEqual([50, 50]);
    use(first!, 300);
    expect([first!.size, second!.size]).toEqual([50, 50]);
  });

  it('leaves to each what its own bound allows', () => {
    const room = new KeyRoom(100);
    const [small, large] = [holderIn(room, 10), holderIn(room, 1000)];
    use(small, 50);
    use(large, 500);
    expect([small.size, large.size]).toEqual([10, 90]);
    small.resize(5, 0);
    use(large, 500, 1);
    expect([small.size, large.size]).toEqual([5, 95]);
  });

  it('is taken back when the bound gets smaller, as others need it', () => {
    const room = new KeyRoom(100);
    const [first, second] = [holderIn(room), holderIn(room)];
    use(first, 80);
    room.resize(40);
    expect(first.size).toBe(80);
    use(second, 60);
    expect(second.size).toBe(20);
    first.resize(20, 0);
    use(first, 100);
    expect(sum([first, second])).toBe(40);
  });

  it('is left to one key each where there are more holders than room', () => {
    const holders = holdersIn(new KeyRoom(3), 10);
    for (const holder of holders) use(holder, 5);
    expect(sum(holders)).toBe(3);
    expect(holders.at(-1)!.size).toBe(1);
  });

  it('is never more than all, and gives everybody his even share who needs it, whoever takes and forgets', () => {
    const acts = fc.array(
      fc.record({ by: fc.nat(4), key: fc.nat(60), forgets: fc.boolean(), elapsedMs: fc.nat(300) }),
      { maxLength: 400 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), acts, (mostKeys, all) => {
        const holders = holdersIn(new KeyRoom(mostKeys), 5);
        let nowMs = 0;
        for (const { by, key, forgets, elapsedMs } of all) {
          nowMs += elapsedMs;
          const holder = holders[by]!;
          if (forgets && key % 8 === 0 && holder.size > 0) holder.forgetOne(nowMs);
          else holder.take(`k${key}`, nowMs).commit({ nowMs });
          expect(sum(holders)).toBeLessThanOrEqual(mostKeys);
        }
        const share = Math.floor(mostKeys / holders.length);
        use(holders[0]!, 60, nowMs);
        expect(holders[0]!.size).toBeGreaterThanOrEqual(share);
      }),
      { numRuns: 2000 },
    );
  });
});
