import { join } from 'node:path';
import type { Notices } from '../notices/notices.ts';
import { reasonOf } from '../notices/reasons.ts';
import { type CacheOwner, type DecodedFile, decodeCacheFile } from './file-format.ts';
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

/** Reads both generations. What is damaged or not ours is said and left out; nothing is thrown. */
export async function loadCache(
  folder: string,
  owner: Pick<CacheOwner, 'environment' | 'app'>,
  notices: Notices,
): Promise<Loaded> {
  const faults: { path: string; error: Error }[] = [];
  const read = async (name: CacheFile): Promise<DecodedFile | undefined> => {
    const path = join(folder, name);
    try {
      const bytes = await guardedRead(path);
      return bytes && decodeCacheFile(bytes, owner);
    } catch (error) {
      faults.push({ path, error: error as Error });
      return undefined;
    }
  };
  const [a, b] = [await read('a.snap'), await read('b.snap')];
  const aIsNewer = (a?.generation ?? -1) >= (b?.generation ?? -1);
  const newest = aIsNewer ? a : b;
  for (const { path, error } of faults)
    if (error instanceof UnsafePath)
      notices.warn('cache_refused', { file: error.path, reason: error.reason }, path);
    else
      notices.warn(
        'cache_damaged',
        { file: path, reason: reasonOf(error), instead: insteadOf(newest, notices) },
        path,
      );
  return { newest, replaceNext: a && aIsNewer ? 'b.snap' : 'a.snap' };
}

function insteadOf(newest: DecodedFile | undefined, { language }: Notices): string {
  if (newest) return language === 'zh' ? '改用上一代。' : `Generation ${newest.generation} is used instead. `;
  return language === 'zh' ? '没有其他可用的一代。' : 'There is no other generation. ';
}
