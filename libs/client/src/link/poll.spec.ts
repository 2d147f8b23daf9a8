import { expect, it } from '@jest/globals';
import { manualClock } from '../testing/manual-clock.ts';
import { Poll } from './poll.ts';

it('asks on one beat, though it was begun anew while a question was still open', async () => {
  const clock = manualClock();
  const answers: (() => void)[] = [];
  const poll = new Poll(
    clock,
    () => 0.5,
    () => new Promise((resolve) => answers.push(resolve)),
  );
  poll.start(true);
  await clock.advance(2000);
  expect(answers).toHaveLength(1);
  poll.stop();
  poll.start(false);
  answers[0]?.();
  await clock.advance(30_000);
  expect(answers).toHaveLength(2);
  answers[1]?.();
  await clock.advance(30_000);
  expect(answers).toHaveLength(3);
  poll.stop();
  answers[2]?.();
  await clock.advance(120_000);
  expect(answers).toHaveLength(3);
});
