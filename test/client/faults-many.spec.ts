import { describe, expect, it } from '@jest/globals';
import { type TestFault, testSluice } from '@sluice/client/testing';
import { fastClock } from './fast-clock.ts';

const everything = { match: 'glob', value: 'pay.*' } as const;
/** Beyond it lies one run in a thousand. */
const bound = (calls: number, share: number): number => 3.29 * Math.sqrt(calls * share * (1 - share));

describe('faults in many calls', () => {
  it('are as many as their share says, at every kind of door, and all of them in the record', async () => {
    const sluice = testSluice();
    const share = 0.13;
    const failing: TestFault = {
      resource: everything,
      fault: 'error',
      message: 'no',
      perMillion: share * 1e6,
      seed: 5,
    };
    sluice.faults({ failing });
    const later = sluice.protect('pay.later', async () => 'paid');
    const now = sluice.protect('pay.now', () => 'paid');
    const doors: Readonly<Record<string, () => unknown>> = {
      later,
      now,
      entry: () => sluice.entry('pay.entry').exit(),
      enter: async () => (await sluice.enter('pay.enter')).exit(),
      // Who tries again is drawn again.
      retried: async () => {
        await later().catch(() => later());
      },
    };
    const calls = 8000;
    let [seen, tries] = [0, 0];
    for (const [door, call] of Object.entries(doors)) {
      let broken = 0;
      for (let i = 0; i < calls; i++) {
        try {
          await call();
        } catch {
          broken += 1;
        }
      }
      const expected = door === 'retried' ? share ** 2 : share;
      expect(Math.abs(broken - calls * expected)).toBeLessThan(bound(calls, expected));
      if (door !== 'retried') seen += broken;
      tries += calls;
    }
    const [record] = sluice.guarding().drills;
    const { eligible, injected } = record!.faults[0]!;
    const again = eligible - tries;
    // Every call that failed once was tried again.
    expect(Math.abs(again - calls * share)).toBeLessThan(bound(calls, share));
    expect(Math.abs(injected - eligible * share)).toBeLessThan(bound(eligible, share));
    expect(injected).toBeGreaterThan(seen);
    expect(record!.callers.ok + record!.callers.error).toBe(eligible);
    await sluice.close();
  });

  it('last as long as their distribution says, by the clock of the calls', async () => {
    const clock = fastClock(20);
    const sluice = testSluice({}, { clock });
    const delay = { distribution: 'uniform', minMs: 2000, maxMs: 10_000 } as const;
    sluice.faults({ slow: { resource: everything, fault: 'delay', delay } });
    const pay = sluice.protect('pay.later', async () => clock.monotonic());
    const took = await Promise.all(
      Array.from({ length: 1000 }, async () => {
        const began = clock.monotonic();
        return (await pay()) - began;
      }),
    );
    took.sort((a, b) => a - b);
    // Timers of the machine know whole milliseconds, of which one is twenty here; and the machine may be late.
    expect(took[0]).toBeGreaterThanOrEqual(1980);
    expect(took[500]).toBeGreaterThan(5500);
    expect(took[500]).toBeLessThan(8000);
    expect(took[989]).toBeGreaterThan(9700);
    await sluice.close();
  });
});
