import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

/** Made or fetched, never written by hand. */
const notOurs = new Set(['node_modules', 'dist', 'bundle', '.git', '.data', '.cache', 'coverage']);

/** Every file of the project, as a path from its root with `/`. */
export const allFiles: readonly string[] = filesUnder(root).sort();

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (notOurs.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path);
    return entry.isFile() ? [relative(root, path).split(sep).join('/')] : [];
  });
}

export const read = (path: string): string => readFileSync(join(root, path), 'utf8');
export const readJson = <T>(path: string): T => JSON.parse(read(path)) as T;

/** What a program is made of; the rest is configuration and words. */
export const sourceFiles: readonly string[] = allFiles.filter((path) => /\.(ts|tsx|mjs|js)$/.test(path));
export const documents: readonly string[] = allFiles.filter((path) => path.endsWith('.md'));
export const isSpec = (path: string): boolean => /\.spec\.tsx?$/.test(path);

export interface PackageJson {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

/** A workspace: its folder, what it says of itself, and its files. */
export interface Workspace {
  readonly folder: string;
  readonly manifest: PackageJson;
  readonly files: readonly string[];
}

export const workspaces: readonly Workspace[] = allFiles
  .filter((path) => /^((libs|apps)\/[^/]+|web|test)\/package\.json$/.test(path))
  .map((path) => {
    const folder = path.slice(0, -'/package.json'.length);
    return {
      folder,
      manifest: readJson<PackageJson>(path),
      files: sourceFiles.filter((file) => file.startsWith(`${folder}/`)),
    };
  });
