import type { Stats } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorText } from '@sluice/core';
import { ReasonedError, reason } from '../notices/reasons.ts';

/** The file or folder may not be trusted; the reason says why. */
export class UnsafePath extends ReasonedError {
  readonly path: string;

  constructor(path: string, reason: ErrorText) {
    super(reason);
    this.path = path;
  }
}

const writableByOthers = 0o022;

/** Throws an `UnsafePath` unless this user alone could have written it. Windows keeps its own rules. */
export function assertOwn(path: string, stats: Stats): void {
  const uid = process.geteuid?.();
  if (uid === undefined) return;
  if (stats.uid !== uid) throw new UnsafePath(path, reason('other_owner', { owner: stats.uid, uid }));
  if ((stats.mode & writableByOthers) !== 0)
    throw new UnsafePath(path, reason('others_may_write', { mode: (stats.mode & 0o777).toString(8) }));
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
    if (!stats.isDirectory()) throw new UnsafePath(folder, reason('not_a_folder'));
    assertOwn(folder, stats);
  }
  return folder;
}
