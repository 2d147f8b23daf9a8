import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Io } from '../host/io.ts';
import { formatOf } from './document-format.ts';
import { fileError } from './read-source.ts';

/** The files that a list of files and folders names. Of a folder, only those whose extension says what they are. */
export async function filesNamed(
  io: Io,
  paths: readonly string[],
): Promise<{ files: string[]; skipped: string[] }> {
  const files: string[] = [];
  const skipped: string[] = [];
  for (const path of paths) {
    if (path === '-' || !(await isFolder(io, path))) {
      files.push(path);
      continue;
    }
    const entries = await readdir(resolve(io.cwd, path), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const usable = !entry.isDirectory() && formatOf(entry.name) !== undefined;
      (usable ? files : skipped).push(join(path, entry.name));
    }
  }
  return { files: [...new Set(files)], skipped };
}

async function isFolder(io: Io, path: string): Promise<boolean> {
  try {
    return (await stat(resolve(io.cwd, path))).isDirectory();
  } catch (error) {
    throw fileError(path, error);
  }
}
