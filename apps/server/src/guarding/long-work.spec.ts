import { describe, expect, it } from '@jest/globals';
import type { InSteps } from '@sluice/core';
import type { Clock } from '../env/clock.ts';
import { LongWork } from './long-work.ts';

/** A clock that every step of work moves on. */
class Work {
  nowMs = 0;
  readonly work = new LongWork({ monotonic: () => this.nowMs } as unknown as Clock);

  *steps(count: number, eachMs: number): InSteps<number> {
    for (let n = 0; n < count; n++) {
      this.nowMs += eachMs;
      yield undefined;
    }
    return count;
  }
}

const stays = (): boolean => false;

describe('work that takes long', () => {
  it('lets others have their turn every 10 ms', async () => {
    const desk = new Work();
    let turns = 0;
    let isOver = false;
    const others = (): void => {
      turns += 1;
      if (!isOver) setImmediate(others);
    };
    setImmediate(others);
    const done = await desk.work.inTurn(({ run }) => run(desk.steps(1000, 1)), stays);
    isOver = true;
    expect(done).toBe(1000);
    expect(turns).toBeGreaterThanOrEqual(100);
  });

  it('is refused after 20 s of all that one request asks, and lets the next begin', async () => {
    const desk = new Work();
    const long = desk.work.inTurn(async ({ run }) => {
      await run(desk.steps(1500, 10));
      return run(desk.steps(1500, 10));
    }, stays);
    const next = desk.work.inTurn(({ run }) => run(desk.steps(3, 10)), stays);
    await expect(long).rejects.toMatchObject({ code: 'too_large', message: expect.stringContaining('20 s') });
    expect(await next).toBe(3);
  });

  it('is refused at once where twenty wait already', async () => {
    const { work } = new Work();
    let end = (): void => undefined;
    const held = work.inTurn(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
      stays,
    );
    const waiting = Array.from({ length: 20 }, () => work.inTurn(() => Promise.resolve(), stays));
    await expect(work.inTurn(() => Promise.resolve(), stays)).rejects.toMatchObject({
      code: 'too_many_requests',
    });
    end();
    await Promise.all([held, ...waiting]);
    await work.inTurn(() => Promise.resolve(), stays);
  });

  it('ends with who asked for it, and is not begun where he is gone before', async () => {
    const desk = new Work();
    let isGone = false;
    let worked = 0;
    const left = desk.work.inTurn(
      ({ run }) => run(desk.steps(1000, 10)),
      () => isGone,
    );
    const behind = desk.work.inTurn(
      async () => {
        worked += 1;
      },
      () => isGone,
    );
    const next = desk.work.inTurn(({ run }) => run(desk.steps(3, 10)), stays);
    await new Promise((resolve) => setImmediate(resolve));
    isGone = true;
    await expect(left).rejects.toMatchObject({ code: 'too_many_requests' });
    await expect(behind).rejects.toMatchObject({ code: 'too_many_requests' });
    expect([await next, worked]).toEqual([3, 0]);
    expect(desk.nowMs).toBeLessThan(1000);
  });
});
