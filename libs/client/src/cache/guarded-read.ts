import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { ReasonedError, reason } from '../notices/reasons.ts';
import { assertOwn, UnsafePath } from './safe-folder.ts';

const largestFileBytes = 256 * 1024 * 1024;
/** No links, and no waiting for the other end of a pipe. Absent on Windows, where both are no ways in. */
const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * The bytes of a file that this user alone could have written, or root; undefined when there is none. Throws an
 * `UnsafePath` for a link, a file of somebody else, or one that others may write.
 */
export async function guardedRead(path: string, owner?: 'orRoot'): Promise<Buffer | undefined> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, flags);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ELOOP' || code === 'EMLINK') throw new UnsafePath(path, reason('symbolic_link'));
    throw error;
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new UnsafePath(path, reason('not_a_file'));
    assertOwn(path, stats, owner);
    if (stats.size > largestFileBytes)
      throw new ReasonedError(reason('too_many_bytes', { bytes: stats.size }));
    return await file.readFile();
  } finally {
    await file.close();
  }
}
