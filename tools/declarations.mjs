// Writes the type declarations of the published packages beside their compiled files. `npm pack` runs it (as prepack),
// so that a package never leaves without them; inside of this repository types come from the sources.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './build.mjs';
import { filesUnder } from './files-under.mjs';

const root = join(import.meta.dirname, '..');
/** Each after those whose declarations it needs. */
const published = ['libs/core', 'libs/protocol', 'libs/scripts', 'libs/client', 'libs/nest'];

await buildAll({ console: false, quiet: true });
for (const folder of published) {
  // Two runs at once must not take each other's file away.
  const project = join(root, folder, `tsconfig.declarations.${process.pid}.json`);
  writeFileSync(
    project,
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        rootDir: 'src',
        outDir: 'dist',
        // The other packages as whoever installs them sees them.
        customConditions: [],
      },
      include: ['src'],
      exclude: ['src/**/*.spec.ts'],
    }),
  );
  const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', project], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  rmSync(project);
  if (status !== 0) process.exit(status ?? 1);
  for (const file of await filesUnder(join(root, folder, 'dist')))
    if (file.endsWith('.d.ts')) nameCompiledFiles(file);
}

/** Declarations lie beside compiled files, not beside sources. */
function nameCompiledFiles(file) {
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace(/((?:from|import) |import\()(['"])(\.{1,2}\/[^'"]+)\.ts\2/g, '$1$2$3.js$2'),
  );
}
