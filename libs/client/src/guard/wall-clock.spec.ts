import { expect, it } from '@jest/globals';
import { manualClock } from '../testing/manual-clock.ts';
import { testSluice } from '../testing/test-sluice.ts';

const noon = Date.UTC(2026, 0, 1, 12);

it('ends what has an end at the right time of day, though the wall clock was set', async () => {
  const clock = manualClock(noon);
  const sluice = testSluice({}, { clock });
  await sluice.rules({
    closed: {
      kind: 'degrade',
      resource: { match: 'exact', value: 'pay' },
      mode: 'intercept',
      effective: { from: '2026-01-01T12:00:05Z', until: '2026-01-01T12:30:00Z' },
      onBlock: { answer: 'value', value: 'closed' },
    },
  });
  const pay = sluice.protect('pay', (): string => 'paid');
  expect(pay()).toBe('paid');
  await clock.advance(5000);
  expect(pay()).toBe('closed');
  // While calls come it is seen within a second, after a rest at once.
  clock.setWall(noon + 3_600_000);
  await clock.advance(1000);
  expect(pay()).toBe('paid');
  await clock.advance(60_000);
  clock.setWall(noon + 600_000);
  expect(pay()).toBe('closed');
  await clock.advance(20 * 60_000);
  expect(pay()).toBe('paid');
  await sluice.close();
});
