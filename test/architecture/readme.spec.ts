import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { read, readJson, root } from './project.ts';

const codeIn = (path: string): string =>
  [...read(path).matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]).join('\n');
const withoutComments = (code: string): string => code.replace(/ *\/\/.*$/gm, '');

/** Compiles a text as if it were a file of this project; what the compiler says of it. */
function complaintsAbout(code: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-readme-'));
  try {
    writeFileSync(join(folder, 'snippet.ts'), code);
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: join(root, 'tsconfig.json'),
        compilerOptions: {
          paths: { '@sluice/client': [join(root, 'libs/client/src/index.ts')] },
          typeRoots: [join(root, 'node_modules/@types')],
        },
        include: ['snippet.ts'],
      }),
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    return spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('README', () => {
  const surroundings = 'declare const pool: { retune(timeoutMs: number): void };\n';

  it('shows code that compiles', () => {
    expect(complaintsAbout(surroundings + codeIn('README.md'))).toBe('');
  });

  it('would be told of code that does not', () => {
    expect(
      complaintsAbout(`${surroundings}${codeIn('README.md')}order.timeoutMs.toUpperCase();\n`),
    ).toContain('toUpperCase');
  });

  it('shows the same code in both languages', () => {
    expect(withoutComments(codeIn('README.zh-CN.md'))).toBe(withoutComments(codeIn('README.md')));
  });

  it('names only scripts that there are', () => {
    const { scripts } = readJson<{ scripts: Record<string, string> }>('package.json');
    for (const path of ['README.md', 'README.zh-CN.md', 'docs/operations.md'])
      for (const [, run, name] of read(path).matchAll(/\bnpm (run )?([a-z]+)\b/g))
        if (run || ['test', 'start'].includes(name!)) expect(Object.keys(scripts)).toContain(name);
  });
});
