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

const rootUid = 0;

/** Throws an `UnsafePath` unless this user alone could have written it, or root. Windows keeps its own rules. */
export function assertOwn(path: string, stats: Stats, owner?: 'orRoot'): void {
  const uid = process.geteuid?.();
  if (uid === undefined) return;
  if (stats.uid !== uid && !(owner === 'orRoot' && stats.uid === rootUid))
    throw new UnsafePath(path, reason('other_owner', { owner: stats.uid, uid }));
  if ((stats.mode & writableByOthers) !== 0)
    throw new UnsafePath(path, reason('others_may_write', { mode: (stats.mode & 0o777).toString(8) }));
}

/** Makes `root/parts...` with mode 0700 where missing, and checks each part below `root`, which the user chose. */
export async function ownFolder(root: string, parts: readonly string[]): Promise<string> {
  const folders = parts.map((_, index) => join(root, ...parts.slice(0, index + 1)));
  // Almost always all of them are there: one look at all, side by side.
  const found = await Promise.all(folders.map(existing));
  if (found.includes(undefined)) await mkdir(root, { recursive: true, mode: 0o700 });
  for (const [index, folder] of folders.entries()) {
    const stats = found[index] ?? (await made(folder));
    if (!stats.isDirectory()) throw new UnsafePath(folder, reason('not_a_folder'));
    assertOwn(folder, stats);
  }
  return folders.at(-1) ?? root;
}

async function existing(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function made(folder: string): Promise<Stats> {
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return lstat(folder);
}
