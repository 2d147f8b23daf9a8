import type { Stats } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The file or folder may not be trusted; the message says why. */
export class UnsafePath extends Error {
  readonly path: string;

  constructor(path: string, reason: string) {
    super(reason);
    this.path = path;
  }
}

const writableByOthers = 0o022;

/** Throws an `UnsafePath` unless this user alone could have written it. Windows keeps its own rules. */
export function assertOwn(path: string, stats: Stats): void {
  const uid = process.geteuid?.();
  if (uid === undefined) return;
  if (stats.uid !== uid)
    throw new UnsafePath(path, `it belongs to user ${stats.uid}, this process runs as ${uid}`);
  if ((stats.mode & writableByOthers) !== 0)
    throw new UnsafePath(path, `others may write it (mode ${(stats.mode & 0o777).toString(8)})`);
}

/** Makes `root/parts...` with mode 0700 where missing, and checks each part below `root`, which the user chose. */
export async function ownFolder(root: string, parts: readonly string[]): Promise<string> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  let folder = root;
  for (const part of parts) {
    folder = join(folder, part);
    await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    const stats = await lstat(folder);
    if (!stats.isDirectory()) throw new UnsafePath(folder, 'it is not a folder of its own');
    assertOwn(folder, stats);
  }
  return folder;
}
