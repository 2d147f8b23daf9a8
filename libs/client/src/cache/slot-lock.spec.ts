import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Clock, systemClock } from '../clock.ts';
import { hangReaders } from '../testing/hang-readers.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { markOfThisProcess } from './process-mark.ts';
import { SlotLock } from './slot-lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-lock-'));
});

const take = () => SlotLock.take(folder, systemClock);
const leave = async (n: number, mark: object, ageMs = 0) => {
  const path = join(folder, `lock.${n}`);
  await writeFile(path, JSON.stringify({ held: true, ...mark }));
  const at = new Date(Date.now() - ageMs);
  await utimes(path, at, at);
};

describe('the lock of a slot', () => {
  it('is had by one, and by the next after it was given back', async () => {
    const first = await take();
    expect(first).toBeDefined();
    expect(await take()).toBeUndefined();
    await first?.release();
    const second = await take();
    expect(second).toBeDefined();
    await second?.release();
  });

  it('goes to exactly one of many who come at once', async () => {
    const dead = { ...(await markOfThisProcess()), pid: 2 ** 22 + 7 };
    for (let round = 0; round < 20; round++) {
      await rm(folder, { recursive: true });
      await import('node:fs/promises').then((fs) => fs.mkdir(folder));
      if (round % 2) await leave(3, dead);
      const takers = await Promise.all(Array.from({ length: 8 }, take));
      const winners = takers.filter((lock) => lock !== undefined);
      expect(winners).toHaveLength(1);
      expect(await winners[0]?.isMine()).toBe(true);
      await winners[0]?.release();
    }
  });

  it('of a dead process is taken over', async () => {
    await leave(1, { ...(await markOfThisProcess()), pid: 2 ** 22 + 7 });
    const lock = await take();
    expect(lock).toBeDefined();
    expect(await readdir(folder)).toEqual(['lock.2']);
    await lock?.release();
  });

  const linux = process.platform === 'linux' ? it : it.skip;
  linux('is taken over when another process has got the number of the dead one', async () => {
    const self = await markOfThisProcess();
    await leave(1, { ...self, startTicks: String(Number(self.startTicks) - 1) });
    const lock = await take();
    expect(lock).toBeDefined();
    await lock?.release();
  });

  it('of another machine or container is respected until it has not been renewed for minutes', async () => {
    const elsewhere = { pid: 1, realm: 'elsewhere', startTicks: '1' };
    await leave(1, elsewhere, 60_000);
    expect(await take()).toBeUndefined();
    await leave(1, elsewhere, 200_000);
    const lock = await take();
    expect(lock).toBeDefined();
    await lock?.release();
  });

  it('of a thread that the system says nothing of is respected until it has not been renewed for minutes', async () => {
    const { startTicks: _, ...self } = await markOfThisProcess();
    await leave(1, { ...self, thread: 7 }, 60_000);
    expect(await take()).toBeUndefined();
    await leave(1, { ...self, thread: 7 }, 200_000);
    const lock = await take();
    expect(lock).toBeDefined();
    await lock?.release();
  });

  it('that is just being written is respected, a half-written old one is not', async () => {
    await writeFile(join(folder, 'lock.1'), '{"held"');
    expect(await take()).toBeUndefined();
    const old = new Date(Date.now() - 60_000);
    await utimes(join(folder, 'lock.1'), old, old);
    const lock = await take();
    expect(lock).toBeDefined();
    expect(JSON.parse(await readFile(join(folder, 'lock.2'), 'utf8'))).toMatchObject({ pid: process.pid });
    await lock?.release();
  });

  const posix = process.platform === 'win32' ? it.skip : it;
  posix('is not looked after again while the disk hangs', async () => {
    const [clock, waits] = [manualClock(), [] as number[]];
    const after: Clock['after'] = (ms, callback) => {
      waits.push(ms);
      return clock.after(ms, callback);
    };
    const lock = await SlotLock.take(folder, { ...clock, after });
    const goOn = await hangReaders(join(folder, 'lock.1'));
    await clock.advance(30_000);
    await clock.advance(60_000);
    expect(waits).toEqual([30_000]);
    await goOn();
    await lock?.release();
  });

  it('knows when it has been lost', async () => {
    const lock = await take();
    await rm(join(folder, 'lock.1'));
    expect(await lock?.isMine()).toBe(false);
    const next = await take();
    expect([await lock?.isMine(), await next?.isMine()]).toEqual([false, true]);
    await lock?.release();
    expect(await next?.isMine()).toBe(true);
    expect(await take()).toBeUndefined();
    await next?.release();
  });
});
