import { constants } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ReasonedError, reason } from '../notices/reasons.ts';

const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

/** Ending of files that are being written; whoever owns the folder may delete what is left of them. */
export const unfinishedSuffix = '.part';

/**
 * Replaces `folder/name` so that after a crash at any moment it is the old file or the new one, whole: written in
 * full beside it, flushed, renamed over it, and the folder flushed. Resolves when it is durable.
 */
export async function durableWrite(folder: string, name: string, bytes: Buffer): Promise<void> {
  const path = join(folder, name);
  const part = `${path}${unfinishedSuffix}`;
  await rm(part, { force: true });
  const file = await open(part, flags, 0o600);
  try {
    for (let written = 0; written < bytes.length; ) {
      const { bytesWritten } = await file.write(bytes, written, bytes.length - written);
      if (bytesWritten === 0) throw new ReasonedError(reason('disk_full'));
      written += bytesWritten;
    }
    await file.sync();
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
  await file.close();
  await rename(part, path);
  await flushFolder(folder);
}

async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return; // folders can't be opened there
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
