// Runs the whole suite and ends with one plain line, "N passed, N failed", that a person or a machine can read.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const results = join(mkdtempSync(join(tmpdir(), 'sluice-test-')), 'results.json');
// Each file loads the program anew: with this much room for what is young, that garbage is not copied around first.
const youngMb = 64;
const child = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    `--min-semi-space-size=${youngMb}`,
    `--max-semi-space-size=${youngMb}`,
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    '--json',
    `--outputFile=${results}`,
    ...process.argv.slice(2),
  ],
  { stdio: ['ignore', process.stderr, process.stderr], cwd: join(import.meta.dirname, '..') },
);
child.on('exit', (code) => {
  let report;
  try {
    report = JSON.parse(readFileSync(results, 'utf8'));
  } catch {
    console.log('0 passed, 1 failed');
    process.exit(code || 1);
  }
  // A suite that did not even load has no tests to count, and must not look like a success.
  const counted = report.numFailedTests + report.numRuntimeErrorTestSuites;
  const failed = code === 0 && report.numPassedTests > 0 ? counted : Math.max(1, counted);
  const skipped = report.numPendingTests + report.numTodoTests;
  if (skipped > 0) console.error(`${skipped} skipped`);
  console.log(`${report.numPassedTests} passed, ${failed} failed`);
  process.exit(failed > 0 ? 1 : 0);
});
