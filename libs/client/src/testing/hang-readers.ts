import { execFileSync } from 'node:child_process';
import { open, rm } from 'node:fs/promises';

/** Lets who opens this file wait, as on a disk that hangs, until the answer is called: then the file is gone. */
export async function hangReaders(path: string): Promise<() => Promise<void>> {
  await rm(path, { force: true });
  execFileSync('mkfifo', [path]);
  return async () => {
    const writer = await open(path, 'r+');
    await rm(path);
    await writer.close();
  };
}
