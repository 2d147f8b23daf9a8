import { mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Linux's file system in memory. */
const inMemory = '/dev/shm';
/** What the databases of a whole suite need at most, several times over. */
const enoughBytes = 4 * 1024 ** 3;

/**
 * A new folder for a database of a test. It lies in memory where there is room: to make and delete hundreds of
 * databases on a disk costs a third of the processor time of the tests that do so, and what the system's memory
 * holds survives the kill of a process just as what its disk holds.
 */
export function makeDataFolder(prefix: string): string {
  return mkdtempSync(join(root(), prefix));
}

function root(): string {
  try {
    const { bavail, bsize } = statfsSync(inMemory);
    return bavail * bsize >= enoughBytes ? inMemory : tmpdir();
  } catch {
    return tmpdir();
  }
}
