import { describe, expect, it } from '@jest/globals';
import { manualClock } from '../testing/manual-clock.ts';
import { Alive } from './alive.ts';

function setUp(answering: () => boolean) {
  const clock = manualClock();
  let asked = 0;
  let lostAt: number | undefined;
  const alive = new Alive(
    clock,
    (answered) => {
      asked++;
      if (answering()) answered();
    },
    () => {
      lostAt = clock.monotonic();
      alive.stop();
    },
  );
  alive.start();
  return { clock, alive, asked: () => asked, lostAt: () => lostAt };
}

describe('round trips', () => {
  it('go on every 5 s while they are answered', async () => {
    const { clock, asked, lostAt } = setUp(() => true);
    await clock.advance(60_000);
    expect(asked()).toBe(12);
    expect(lostAt()).toBeUndefined();
  });

  it('notice a half-open connection within 10 s of its last sign of life', async () => {
    let open = true;
    const { clock, lostAt } = setUp(() => open);
    await clock.advance(20_000);
    open = false;
    await clock.advance(10_000);
    expect(lostAt()).toBeLessThanOrEqual(30_000);
  });

  it('forgive one miss', async () => {
    let asked = 0;
    const { clock, lostAt } = setUp(() => ++asked % 2 === 0);
    await clock.advance(120_000);
    expect(lostAt()).toBeUndefined();
  });

  it('stop when told', async () => {
    const { clock, alive, asked } = setUp(() => true);
    alive.stop();
    await clock.advance(60_000);
    expect(asked()).toBe(0);
  });
});
