// Runs the whole suite and ends with one plain line, "N passed, N failed", that a person or a machine can read.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
// The first file that needs an empty PostgreSQL leaves a copy here for the others.
const cluster = join(folder, 'cluster');
// Programs of tests run from TypeScript: each file of the sources is stripped of its types once, not once a process.
const compiled = join(folder, 'compiled');
process.on('exit', () => {
  for (const path of [cluster, compiled]) rmSync(path, { recursive: true, force: true });
});
// Each file loads the program anew: with this much room for what is young, that garbage is not copied around first.
const youngMb = 64;
// More failed files than this are no accident of a busy machine, and the answer is wanted now.
const mostRunAgain = 5;

/** Runs jest, and returns its report; undefined where it told none. */
async function jest(name, args) {
  const results = join(folder, `${name}.json`);
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
      ...args,
    ],
    {
      stdio: ['ignore', process.stderr, process.stderr],
      cwd: root,
      env: { ...process.env, SLUICE_TEST_CLUSTER: cluster, NODE_COMPILE_CACHE: compiled },
    },
  );
  const code = await new Promise((resolve) => child.on('exit', resolve));
  try {
    return { ...JSON.parse(readFileSync(results, 'utf8')), code };
  } catch {
    return undefined;
  }
}

/** What is told of some files of a report; a file that did not even load has no tests to count, and counts as one. */
function count(files) {
  const of = (status) =>
    files.reduce(
      (sum, file) => sum + file.assertionResults.filter((test) => test.status === status).length,
      0,
    );
  const unloaded = files.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return { passed: of('passed'), failed: of('failed') + unloaded.length };
}

const args = process.argv.slice(2);
const first = await jest('first', args);
if (!first) {
  console.log('0 passed, 1 failed');
  process.exit(1);
}
const failedFiles = first.testResults.filter((file) => file.status === 'failed').map((file) => file.name);
const told = count(first.testResults.filter((file) => file.status !== 'failed'));
let isClean = first.code === 0;

// Real processes, sockets and browsers share the cores with the rest of the suite. A file that failed among them is
// run once more, alone: what fails again is wrong, what passes is named as unsteady, never dropped without a word.
// What runs in one process by itself has no such excuse.
const paths = failedFiles.map((name) => relative(root, name));
const isAmongOthers = (path) =>
  /^(test|apps\/bookstore)\//.test(path) && !path.startsWith('test/architecture/');
const isRunAgain =
  args.length === 0 && paths.length > 0 && paths.length <= mostRunAgain && paths.every(isAmongOthers);
const names = paths.join(', ');
if (isRunAgain) console.error(`\nFailed beside others, run again alone: ${names}\n`);
const last = isRunAgain ? await jest('again', ['--maxWorkers=1', '--runTestsByPath', ...failedFiles]) : first;
const again = count((last?.testResults ?? []).filter((file) => failedFiles.includes(file.name)));
told.passed += again.passed;
told.failed += again.failed;
if (isRunAgain) {
  isClean = last?.code === 0 && again.passed > 0;
  if (isClean) console.error(`UNSTEADY, failed beside others and passed alone: ${names}`);
}
const skipped = first.numPendingTests + first.numTodoTests;
if (skipped > 0) console.error(`${skipped} skipped`);
const failed = isClean && told.passed > 0 ? told.failed : Math.max(1, told.failed);
console.log(`${told.passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
