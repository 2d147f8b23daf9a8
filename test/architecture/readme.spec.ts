import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { read, readJson, root } from './project.ts';

const codeIn = (path: string): string => blocksIn(path).join('\n');
const rulesIn = (path: string): string[] =>
  [...read(path).matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]!);
const blocksIn = (path: string): string[] =>
  [...read(path).matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);
const withoutComments = (code: string): string => code.replace(/ *\/\/.*$/gm, '');

/** Compiles texts as programs that depend on the packages; what the compiler says of each, by line. */
function complaintsAbout(programs: Readonly<Record<string, string>>): string[] {
  const cache = join(root, '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'readme-'));
  try {
    for (const [name, code] of Object.entries(programs)) writeFileSync(join(folder, `${name}.ts`), code);
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({
        extends: join(root, 'tsconfig.json'),
        compilerOptions: {
          typeRoots: [join(root, 'node_modules/@types')],
          noUnusedLocals: false,
          noUnusedParameters: false,
        },
        include: ['*.ts'],
      }),
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', '.'], { cwd: folder, encoding: 'utf8' });
    return stdout.split('\n').filter((line) => line !== '');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('README', () => {
  const surroundings = `
    interface Bill { readonly cents: number }
    interface Receipt { readonly id: string }
    declare const pool: { retune(timeoutMs: number): void };
    declare const app: { use(middleware: (request: never, response: never, next: () => void) => unknown): void };
    declare const rawCharge: (bill: Bill, timeoutMs?: number) => Promise<Receipt>;
    declare const queueLater: (bill: Bill) => Promise<Receipt>;
  `;

  const shown = surroundings + codeIn('README.md');
  const broken = `${shown}order.timeoutMs.toUpperCase();\n`;
  const complaints = complaintsAbout({ shown, broken });

  it('shows code that compiles', () => {
    expect(complaints.filter((line) => !line.startsWith('broken.ts'))).toEqual([]);
  });

  it('would be told of code that does not', () => {
    expect(complaints.join('\n')).toMatch(/^broken\.ts.*toUpperCase/m);
  });

  it('shows the same code in both languages', () => {
    expect(withoutComments(codeIn('README.zh-CN.md'))).toBe(withoutComments(codeIn('README.md')));
    expect(rulesIn('README.zh-CN.md')).toEqual(rulesIn('README.md'));
  });

  it('names only scripts that there are', () => {
    const { scripts } = readJson<{ scripts: Record<string, string> }>('package.json');
    for (const path of ['README.md', 'README.zh-CN.md', 'docs/operations.md'])
      for (const [, run, name] of read(path).matchAll(/\bnpm (run )?([a-z]+)\b/g))
        if (run || ['test', 'start'].includes(name!)) expect(Object.keys(scripts)).toContain(name);
  });
});

describe('docs/guard.md', () => {
  const surroundings = `
    import type { Sluice } from '@sluice/client';
    interface Order { userId: string; tier: string; signal: AbortSignal }
    declare const rawCharge: (order: Order) => Promise<number>;
    declare const queueLater: (order: Order) => Promise<number>;
    declare const isNotFound: (error: unknown) => boolean;
    declare const origin: string, ip: string, headers: Record<string, string>, signal: AbortSignal;
    declare const request: object, args: unknown[];
    declare const handle: (request: object) => void;
  `;
  const [door, telemetry, tests, ...others] = blocksIn('docs/guard.md');
  // What a reader fills in himself.
  const filledIn = door!
    .replace('createSluice({ … })', 'createSluice()')
    .replace('try { … passage', 'try { passage')
    .replace(/^catch/m, 'try { await waited; await soon; } catch')
    .replace('[…]', '[]');
  const metrics = `
    declare const sluice: Sluice, register: import('prom-client').Registry;
    declare const app: import('express').Express;
  `;

  it('shows code that compiles', () => {
    const programs = {
      door: surroundings + filledIn,
      telemetry: surroundings + metrics + telemetry!,
      tests: tests!,
      undici: `
        import { createSluice } from '@sluice/client';
        import { guardUndici } from '@sluice/client/undici';
        import { Agent } from 'undici';
        const agent = new Agent();
        agent.compose(guardUndici(createSluice()));
      `,
    };
    expect(others).toEqual([]);
    expect(complaintsAbout(programs)).toEqual([]);
  });

  it('shows the same code in both languages', () => {
    expect(withoutComments(codeIn('docs/guard.zh-CN.md'))).toBe(withoutComments(codeIn('docs/guard.md')));
  });
});
