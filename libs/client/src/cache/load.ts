import { join } from 'node:path';
import type { Notices } from '../notices/notices.ts';
import { reasonOf } from '../notices/reasons.ts';
import { type CacheOwner, type DecodedFile, decodeCacheFile, generationOf } from './file-format.ts';
import { guardedRead } from './guarded-read.ts';
import { UnsafePath } from './safe-folder.ts';

export const cacheFiles = ['a.snap', 'b.snap'] as const;
export type CacheFile = (typeof cacheFiles)[number];

export interface Loaded {
  /** The newest generation that verifies. */
  readonly newest: DecodedFile | undefined;
  /** The file that the next generation replaces: the older one, or the one that is of no use. */
  readonly replaceNext: CacheFile;
}

/**
 * Reads the generation that says to be newer, and the other one only when that is of no use. What is damaged or not
 * ours is said and left out; nothing is thrown.
 */
export async function loadCache(
  folder: string,
  owner: Pick<CacheOwner, 'environment' | 'app'>,
  notices: Notices,
): Promise<Loaded> {
  const faults: { path: string; error: unknown }[] = [];
  const trying = async <T>(name: CacheFile, task: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await task();
    } catch (error) {
      faults.push({ path: join(folder, name), error });
      return undefined;
    }
  };
  const read = await Promise.all(
    cacheFiles.map(async (name) => {
      const bytes = await trying(name, () => guardedRead(join(folder, name)));
      return { name, bytes, generation: bytes ? generationOf(bytes) : -1 };
    }),
  );
  read.sort((a, b) => b.generation - a.generation);
  let newest: DecodedFile | undefined;
  let used: CacheFile | undefined;
  for (const { name, bytes } of read) {
    if (!bytes || newest) continue;
    newest = await trying(name, () => decodeCacheFile(bytes, owner));
    if (newest) used = name;
  }
  tell(faults, newest, notices);
  return { newest, replaceNext: used === 'a.snap' ? 'b.snap' : 'a.snap' };
}

function tell(
  faults: readonly { readonly path: string; readonly error: unknown }[],
  newest: DecodedFile | undefined,
  notices: Notices,
): void {
  for (const { path, error } of faults)
    if (error instanceof UnsafePath)
      notices.warn('cache_refused', { file: error.path, reason: error.reason }, path);
    else
      notices.warn(
        'cache_damaged',
        { file: path, reason: reasonOf(error), instead: insteadOf(newest, notices) },
        path,
      );
}

function insteadOf(newest: DecodedFile | undefined, { language }: Notices): string {
  if (newest) return language === 'zh' ? '改用上一代。' : `Generation ${newest.generation} is used instead. `;
  return language === 'zh' ? '没有其他可用的一代。' : 'There is no other generation. ';
}
