import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { BlockedError, type Sluice } from '@sluice/client';
import { manualClock } from '../../libs/client/src/testing/manual-clock.ts';
import { until } from '../support/until.ts';
import { limitOf, wireRules } from './guard-rules.ts';
import { freshFolder, pass, useFakeServer } from './use-fake-server.ts';

const fake = useFakeServer();
const slotIn = (cacheDir: string): string => join(cacheDir, 'prod', 'order-api', 'order-0');
const thrown = { monitorOnly: true, noFaults: false };

function isLetIn(client: Sluice): boolean {
  try {
    client.entry('pay').exit();
    return true;
  } catch (error) {
    if (!(error instanceof BlockedError)) throw error;
    return false;
  }
}

it('a cache that somebody removed is written anew before anything changes, the kill switch with it', async () => {
  const [cacheDir, clock] = [await freshFolder(), manualClock()];
  fake.server.push(wireRules('limits', { pay: limitOf(1) }, 1));
  fake.connect({ cacheDir, clock });
  await fake.server.hears('ack');
  fake.server.tell('kill', { version: 1, ...thrown });
  await fake.server.hears('killed');
  await pass(clock, 1000);
  const kept = () => readFile(join(slotIn(cacheDir), 'kill.json'), 'utf8').catch(() => undefined);
  await until('the kill switch is kept', kept);
  await rm(cacheDir, { recursive: true });

  await pass(clock, 30_000);
  expect(JSON.parse(await until('it is kept again', kept))).toMatchObject(thrown);
  const snapshot = () => readFile(join(slotIn(cacheDir), 'a.snap'), 'utf8').catch(() => undefined);
  expect(await until('the values are there again', snapshot)).toContain('limits');
});

it('the kill switch is obeyed from a cache that can only be read', async () => {
  const cacheDir = await freshFolder();
  fake.server.push(wireRules('limits', { pay: limitOf(1) }, 1));
  const first = fake.connect({ cacheDir });
  await first.ready();
  expect([isLetIn(first), isLetIn(first)]).toEqual([true, false]);
  fake.server.tell('kill', { version: 1, ...thrown });
  await fake.server.hears('killed');
  await first.close();
  await fake.server.stop();

  // A lock that nobody can read, nor take: as good as a disk without room.
  await mkdir(join(slotIn(cacheDir), 'lock.9'));
  const second = fake.connect({ cacheDir });
  expect(await second.ready({ timeoutMs: 500 })).toBe('snapshot');
  expect(second.health().cache).toBe('unwritable');
  expect(second.guarding().killSwitch).toEqual(thrown);
  expect([isLetIn(second), isLetIn(second)]).toEqual([true, true]);
});
