import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { isLong } from './long-tests.ts';

const users = isLong ? 1_000_000 : 100_000;

async function run(...args: number[]) {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    '--conditions=sluice-source',
    '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, 'many-keys-program.ts'),
    ...args.map(String),
  ]);
  return JSON.parse(stdout) as { grownMb: number; passed: number; refused: number; failed: number };
}

it(`remembers no more for ${users} users under four limits than it may`, async () => {
  const said = await run(users);
  process.stderr.write(`${users} users: grown by ${said.grownMb.toFixed(1)} MB, ${said.refused} refused\n`);
  expect(said.failed).toBe(0);
  // Everybody who comes once passes; of him who comes again and again only what his limit lets through.
  expect(said.passed).toBeGreaterThanOrEqual(users);
  expect(said.refused).toBeGreaterThan((users / 50) * 0.9);
  expect(said.grownMb).toBeLessThan(50);
}, 120_000);

it('remembers no more where each of them comes to each of many paths', async () => {
  const [callers, paths] = isLong ? [20_000, 300] : [3000, 200];
  const said = await run(callers, paths);
  const calls = callers * paths;
  process.stderr.write(`${callers} users at ${paths} paths: grown by ${said.grownMb.toFixed(1)} MB\n`);
  expect(said.failed).toBe(0);
  expect(said.passed).toBeGreaterThanOrEqual(calls);
  // 48 MB; all 600,000 pairs of a user and a path would be 266.
  expect(said.grownMb).toBeLessThan(70);
}, 300_000);
