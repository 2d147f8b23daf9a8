import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { isLong } from './long-tests.ts';

const users = isLong ? 1_000_000 : 100_000;

it(`remembers no more for ${users} users under four limits than it may`, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    '--conditions=sluice-source',
    '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, 'many-keys-program.ts'),
    String(users),
  ]);
  const said = JSON.parse(stdout) as { grownMb: number; passed: number; refused: number; failed: number };
  process.stderr.write(`${users} users: grown by ${said.grownMb.toFixed(1)} MB, ${said.refused} refused\n`);
  expect(said.failed).toBe(0);
  // Everybody who comes once passes; of him who comes again and again only what his limit lets through.
  expect(said.passed).toBeGreaterThanOrEqual(users);
  expect(said.refused).toBeGreaterThan((users / 50) * 0.9);
  expect(said.grownMb).toBeLessThan(50);
}, 120_000);
