// Puts the compiled command line and all that it imports into a few files: most of a short command's time went into
// finding and loading several hundred. `bin/sluice.js` runs these, and the plain files where there are none.
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { filesUnder } from './files-under.mjs';

const root = join(import.meta.dirname, '..');
const cli = join(root, 'apps/cli');
const folder = join(cli, 'bundle');
const entry = join(folder, 'process.js');

/** Whether anything that goes into it is newer than it is. */
async function isStale() {
  const made = await stat(entry).catch(() => undefined);
  if (!made) return true;
  const folders = ['libs/core/dist', 'libs/protocol/dist', 'apps/cli/dist'];
  const inputs = [join(root, 'package-lock.json')];
  for (const each of folders)
    inputs.push(...(await filesUnder(join(root, each))).filter((f) => f.endsWith('.js')));
  const times = await Promise.all(inputs.map(async (file) => (await stat(file)).mtimeMs));
  return times.some((time) => time > made.mtimeMs);
}

/** Makes the bundle anew where it is stale; answers whether it did. */
export async function bundleCommandLine() {
  if (!(await isStale())) return false;
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({ input: join(cli, 'dist/process.js'), platform: 'node', logLevel: 'warn' });
  const { output } = await bundle.generate({ format: 'esm', entryFileNames: '[name].js' });
  await bundle.close();
  await mkdir(folder, { recursive: true });
  const wanted = new Set();
  // The entry last, and at once: whoever starts meanwhile finds all that it names.
  for (const chunk of output.toSorted((a, b) => Number(a.isEntry ?? false) - Number(b.isEntry ?? false))) {
    const out = join(folder, chunk.fileName);
    wanted.add(out);
    const code = chunk.type === 'chunk' ? chunk.code : chunk.source;
    const before = await readFile(out, 'utf8').catch(() => undefined);
    if (before === code && !chunk.isEntry) continue;
    await mkdir(dirname(out), { recursive: true });
    await writeFile(`${out}.new`, code);
    await rename(`${out}.new`, out);
  }
  for (const file of await filesUnder(folder)) if (!wanted.has(file)) await rm(file, { force: true });
  return true;
}
