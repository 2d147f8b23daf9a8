import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '../..');

it('unknown keys, wrong types and writes are errors of the compiler', () => {
  const misuse = readFileSync(join(import.meta.dirname, 'misuse.ts'), 'utf8');
  expect(misuse.match(/@ts-expect-error/g)).toHaveLength(11);
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      'node_modules/typescript/bin/tsc',
      ...[
        '--ignoreConfig',
        '--noEmit',
        '--strict',
        '--skipLibCheck',
        '--target',
        'es2023',
        '--lib',
        'es2024',
      ],
      ...['--module', 'nodenext', '--customConditions', 'sluice-source', '--allowImportingTsExtensions'],
      ...['--types', 'node', 'test/client/misuse.ts'],
    ],
    { cwd: root, encoding: 'utf8' },
  );
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
