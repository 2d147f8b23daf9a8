import type { Dirent } from 'node:fs';
import { lstat, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { unfinishedSuffix } from './durable-write.ts';
import { cacheFiles } from './load.ts';
import { assertOwn } from './safe-folder.ts';
import { SlotLock } from './slot-lock.ts';

const unusedAfterMs = 30 * 24 * 3_600_000;
const written = new RegExp(
  `^(${cacheFiles.join('|').replaceAll('.', '\\.')}|lock\\.\\d+)(\\${unfinishedSuffix})?$`,
);

/**
 * Removes the slots of processes that are long gone: pods get a new name with each rollout, and a shared volume would
 * keep a folder for every one that ever ran. A slot goes when nothing in it was written for 30 days and nobody holds
 * its lock; anything in it that is not ours stays, and so does the folder then. Answers what was removed. Never rejects.
 */
export async function sweepSlots(folder: string, own: string, clock: Clock): Promise<string[]> {
  const removed: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
  for (const entry of entries) {
    const slot = join(folder, entry.name);
    if (!entry.isDirectory() || slot === own) continue;
    try {
      if (await removeIfUnused(slot, clock)) removed.push(entry.name);
    } catch {
      // Another process sweeps too, or it is not ours to remove: it stays.
    }
  }
  return removed;
}

async function removeIfUnused(slot: string, clock: Clock): Promise<boolean> {
  assertOwn(slot, await lstat(slot));
  const names = await readdir(slot);
  const stats = await Promise.all(names.map((name) => lstat(join(slot, name))));
  // Without files the folder itself tells: it may be a slot that is being taken right now.
  const newest = Math.max(
    ...stats.map((s) => s.mtimeMs),
    names.length === 0 ? (await lstat(slot)).mtimeMs : 0,
  );
  if (clock.now() - newest < unusedAfterMs || !names.every((name) => written.test(name))) return false;
  const lock = await SlotLock.take(slot, clock);
  if (!lock) return false;
  await lock.drop(async () => {
    for (const name of await readdir(slot))
      if (written.test(name)) await rm(join(slot, name), { force: true });
    await rmdir(slot);
  });
  return true;
}
