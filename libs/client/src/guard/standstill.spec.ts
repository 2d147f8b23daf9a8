import { expect, it } from '@jest/globals';
import type { Clock } from '../clock.ts';
import { testSluice } from '../testing/test-sluice.ts';

/** A clock by which all that is overdue happens in one turn, as after a process has been stopped. */
function stoppedClock() {
  let nowMs = 0;
  const timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();
  const clock: Clock = {
    now: () => nowMs,
    monotonic: () => nowMs,
    after(delayMs, callback) {
      const timer = { atMs: nowMs + delayMs, callback };
      timers.add(timer);
      return { cancel: () => timers.delete(timer) };
    },
  };
  const pass = async (ms: number): Promise<void> => {
    nowMs += ms;
    for (const timer of [...timers].filter(({ atMs }) => atMs <= nowMs).sort((a, b) => a.atMs - b.atMs))
      if (timers.delete(timer)) timer.callback();
    await new Promise(setImmediate);
  };
  return { clock, pass };
}

async function paced() {
  const { clock, pass } = stoppedClock();
  const sluice = testSluice({}, { clock });
  await sluice.rules({
    pace: {
      kind: 'limit',
      resource: { match: 'exact', value: 'pay' },
      mode: 'intercept',
      algorithm: 'leakyBucket',
      limit: 10,
      intervalMs: 1000,
      maxQueueMs: 5000,
    },
  });
  const wentAtMs: number[] = [];
  for (let n = 0; n < 6; n++)
    void sluice.enter('pay').then((passage) => {
      wentAtMs.push(clock.monotonic());
      passage.exit();
    });
  await pass(0);
  return { sluice, pass, wentAtMs };
}

it('calls that waited for their slot while the process stood still go one after the other all the same', async () => {
  const { pass, wentAtMs } = await paced();
  await pass(8000);
  expect(wentAtMs).toEqual([0, 8000]);
  for (let n = 0; n < 10; n++) await pass(50);
  expect(wentAtMs).toEqual([0, 8000, 8100, 8200, 8300, 8400]);
});

it('calls are not put off for a timer that is only a little late', async () => {
  const { pass, wentAtMs } = await paced();
  for (let n = 0; n < 5; n++) await pass(150);
  expect(wentAtMs).toEqual([0, 150, 300, 300, 450, 600]);
});

it('calls that were put off go at once when the kill switch or a push lets them', async () => {
  const { sluice, pass, wentAtMs } = await paced();
  await pass(8000);
  await sluice.rules({});
  await pass(0);
  expect(wentAtMs).toEqual([0, 8000, 8000, 8000, 8000, 8000]);
});
