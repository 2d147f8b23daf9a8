// Compiles every package's src/ to its dist/ with SWC, and the console with Vite; only what changed since the
// last build. Types are checked by `npm run check`, not here, so that a start is quick.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { transformFile } from '@swc/core';
import { bundleCommandLine } from './bundle-cli.mjs';
import { filesUnder } from './files-under.mjs';

const root = join(import.meta.dirname, '..');
const packages = [
  'libs/core',
  'libs/protocol',
  'libs/scripts',
  'libs/client',
  'libs/nest',
  'apps/server',
  'apps/cli',
  'apps/bookstore',
];

async function compilePackage(name) {
  const src = join(root, name, 'src');
  const dist = join(root, name, 'dist');
  const sources = (await filesUnder(src)).filter((f) => !/\.(spec|test)\.ts$/.test(f));
  const wanted = new Set();
  let compiled = 0;
  await Promise.all(
    sources.map(async (file) => {
      const out = join(dist, relative(src, file)).replace(/\.ts$/, '.js');
      wanted.add(out);
      if (out.endsWith('.js')) wanted.add(`${out}.map`);
      wanted.add(out.replace(/\.js$/, '.d.ts')); // written by tools/declarations.mjs, when a package is packed
      const [from, to] = await Promise.all([stat(file), stat(out).catch(() => undefined)]);
      if (to && to.mtimeMs >= from.mtimeMs) return;
      await mkdir(dirname(out), { recursive: true });
      if (!file.endsWith('.ts')) {
        await writeFile(out, await readFile(file));
        return;
      }
      const options = { root, sourceFileName: relative(dirname(out), file) };
      const { code, map } = await transformFile(file, options).catch((error) => {
        // Place and reason; the rest is about the compiler itself.
        throw new Error(error.message.split(/\n+Caused by:/)[0].trimEnd());
      });
      await writeFile(`${out}.map`, map ?? '');
      await writeFile(out, `${code}\n//# sourceMappingURL=${out.split('/').pop()}.map\n`);
      compiled++;
    }),
  );
  for (const file of await filesUnder(dist)) if (!wanted.has(file)) await rm(file);
  return compiled;
}

async function fingerprint(folders) {
  const hash = createHash('sha256');
  for (const folder of folders)
    for (const file of await filesUnder(join(root, folder)))
      hash.update(relative(root, file)).update(await readFile(file));
  for (const file of ['package-lock.json', 'web/package.json', 'web/index.html', 'web/vite.config.ts'])
    if (existsSync(join(root, file))) hash.update(await readFile(join(root, file)));
  return hash.digest('hex');
}

/** Builds the console when a source of it changed. Its stamp lies beside the built files. */
async function buildConsole() {
  if (!existsSync(join(root, 'web/vite.config.ts'))) return false;
  const stampFile = join(root, 'web/dist/.stamp');
  const stamp = await fingerprint(['web/src', 'web/public', 'libs/core/src', 'libs/protocol/src']);
  if (existsSync(stampFile) && (await readFile(stampFile, 'utf8')) === stamp) return false;
  const { build } = await import('vite');
  await build({ root: join(root, 'web'), configFile: join(root, 'web/vite.config.ts'), logLevel: 'warn' });
  await writeFile(stampFile, stamp);
  return true;
}

export async function buildAll({ console: withConsole = true, quiet = false } = {}) {
  const started = performance.now();
  let compiled = 0;
  for (const name of packages) compiled += await compilePackage(name);
  await bundleCommandLine();
  const webBuilt = withConsole ? await buildConsole() : false;
  if (!quiet && (compiled > 0 || webBuilt))
    process.stderr.write(
      `built ${compiled} files${webBuilt ? ' and the console' : ''} in ${((performance.now() - started) / 1000).toFixed(1)} s\n`,
    );
}

if (import.meta.filename === process.argv[1])
  await buildAll({ console: !process.argv.includes('--no-console') });
