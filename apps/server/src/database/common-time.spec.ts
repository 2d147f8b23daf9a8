import { expect, it } from '@jest/globals';
import type { Logger } from 'pino';
import { Clock } from '../env/clock.ts';
import { CommonTime } from './common-time.ts';
import type { Database } from './database.ts';

/** A machine and a database with clocks of their own, and a question between them that takes `tookMs`. */
function machines(tookMs = 4) {
  const shown = { machineMs: 1_000_000, databaseMs: 1_000_000, isAway: false };
  const told: string[] = [];
  let steadyMs = 0;
  class MachineClock extends Clock {
    override machine = (): number => shown.machineMs;
    override monotonic = (): number => steadyMs;
  }
  const clock = new MachineClock();
  const query = async () => {
    if (shown.isAway) throw new Error('away');
    steadyMs += tookMs;
    return [{ now: String(shown.databaseMs) }];
  };
  const database = { dialect: 'postgres', read: { query } } as unknown as Database;
  const warn = (...said: unknown[]): unknown => told.push(String(said.at(-1)));
  const logger = { warn, debug: () => undefined } as unknown as Logger;
  return { shown, told, clock, time: new CommonTime(database, clock, logger) };
}

it('leaves clocks alone that differ by less than a second', async () => {
  const { shown, told, clock, time } = machines();
  shown.machineMs += 900;
  await time.look();
  expect(clock.now()).toBe(shown.machineMs);
  expect(told).toEqual([]);
});

it('goes by the database where the machine is off, says so once, and goes by the machine when it is right again', async () => {
  const { shown, told, clock, time } = machines();
  shown.machineMs -= 90_000;
  await time.look();
  expect(Math.abs(clock.now() - shown.databaseMs)).toBeLessThan(10);
  await time.look();
  expect(told).toEqual([expect.stringContaining('90.0 s behind')]);
  shown.isAway = true;
  await time.look();
  expect(Math.abs(clock.now() - shown.databaseMs)).toBeLessThan(10);
  shown.isAway = false;
  shown.machineMs = shown.databaseMs;
  await time.look();
  expect(clock.now()).toBe(shown.machineMs);
  expect(told).toHaveLength(2);
});

it('believes no answer that took longer than the clocks differ', async () => {
  const { shown, told, clock, time } = machines(5000);
  shown.machineMs += 2400;
  await time.look();
  expect(clock.now()).toBe(shown.machineMs);
  expect(told).toEqual([]);
});
