// The one door of every npm script: finds or fetches Node 24, installs when the lock file changed, builds,
// then runs the command. Plain JavaScript, so that any Node >= 20 can open it.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const wantedMajor = 24;
/** What the dependencies need; an older 24 is replaced like any other Node. */
const wantedMinor = 11;
const wantedVersion = '24.21.0';
const longestInstallMs = 15 * 60_000;
const [command = 'help', ...args] = process.argv.slice(2);

const say = (text) => process.stderr.write(`${text}\n`);
function stop(text) {
  say(text);
  process.exit(1);
}

/** The runtime: this Node when it is a 24, else Node 24 from npm, kept in a per-user cache for every clone. */
function findRuntime() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major === wantedMajor && minor >= wantedMinor)
    return { bin: process.execPath, home: dirname(dirname(process.execPath)) };
  const cacheRoot =
    process.env.XDG_CACHE_HOME ||
    (process.platform === 'win32' ? process.env.LOCALAPPDATA : '') ||
    join(homedir(), '.cache');
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const home = join(cacheRoot, 'sluice', `${name}-${wantedVersion}`);
  const bin = join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(bin)) fetchRuntime(name, home);
  return { bin, home };
}

function fetchRuntime(name, home) {
  say(
    `Sluice runs on Node ${wantedMajor}; this is ${process.versions.node}. Fetching ${name}@${wantedVersion} once (about 45 MB) ...`,
  );
  mkdirSync(join(home, '..'), { recursive: true });
  const staging = mkdtempSync(join(home, '..', 'fetch-'));
  writeFileSync(join(staging, 'package.json'), '{"private":true}\n');
  const result = npm(
    [
      'install',
      '--ignore-scripts',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      `${name}@${wantedVersion}`,
    ],
    { cwd: staging },
  );
  const fetched = join(staging, 'node_modules', name);
  if (result.status !== 0 || !existsSync(join(fetched, 'bin'))) {
    rmSync(staging, { recursive: true, force: true });
    stop(
      `Could not fetch Node ${wantedMajor} (${name}@${wantedVersion}) from the npm registry. Nothing was changed. Check the network or install Node ${wantedMajor} yourself, then run the command again.`,
    );
  }
  try {
    renameSync(fetched, home);
  } catch (error) {
    if (!existsSync(join(home, 'bin'))) throw error; // else another clone was faster, and its copy is as good
  }
  rmSync(staging, { recursive: true, force: true });
}

function npm(npmArgs, options) {
  const cli = process.env.npm_execpath;
  const [file, all] =
    cli?.endsWith('.js') || cli?.endsWith('.cjs') ? [process.execPath, [cli, ...npmArgs]] : ['npm', npmArgs];
  return spawnSync(file, all, {
    stdio: ['ignore', process.stderr, process.stderr],
    shell: process.platform === 'win32' && file === 'npm',
    ...options,
  });
}

/** Everything below runs with the chosen Node first on PATH, and native modules compile against its headers. */
function environmentFor(runtime) {
  const env = { ...process.env, PATH: `${dirname(runtime.bin)}${delimiter}${process.env.PATH ?? ''}` };
  if (existsSync(join(runtime.home, 'include', 'node', 'node.h'))) env.npm_config_nodedir = runtime.home;
  return env;
}

/** Installs when node_modules doesn't match the lock file and this runtime. */
function install(runtime, env) {
  const stampFile = join(root, 'node_modules', '.sluice-install');
  const stamp = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${wantedMajor} ${process.platform} ${process.arch}`)
    .digest('hex');
  const isInstalled = () => existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
  if (isInstalled()) return;
  whileAlone(join(root, '.cache', 'install.pid'), () => {
    if (isInstalled()) return;
    say('Installing packages (the first time takes a minute or two) ...');
    const started = Date.now();
    installWith(runtime, env);
    writeFileSync(stampFile, stamp);
    say(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
  });
}

function installWith(runtime, env) {
  const cli = process.env.npm_execpath;
  const viaCli = cli && /\.c?js$/.test(cli);
  const installArgs = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = spawnSync(viaCli ? runtime.bin : 'npm', viaCli ? [cli, ...installArgs] : installArgs, {
    cwd: root,
    env,
    stdio: ['ignore', process.stderr, process.stderr],
    shell: process.platform === 'win32' && !viaCli,
  });
  if (result.status !== 0)
    throw new Error(
      'The install failed; the lines above say where. Nothing was started. Run the same command again once that is repaired.',
    );
}

/** Two commands in one checkout must not install at once: the second waits for the first, unless that one is dead. */
function whileAlone(pidFile, work) {
  mkdirSync(dirname(pidFile), { recursive: true });
  for (let waited = false; ; waited = true) {
    try {
      writeFileSync(pidFile, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isAlive(pidFile)) rmSync(pidFile, { force: true });
    else if (!waited) say('Another command is installing packages here; waiting for it ...');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  try {
    work();
  } finally {
    rmSync(pidFile, { force: true });
  }
}

function isAlive(pidFile) {
  try {
    if (Date.now() - statSync(pidFile).mtimeMs > longestInstallMs) return false;
    return process.kill(Number(readFileSync(pidFile, 'utf8')), 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

const jest = (extra = []) => [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
  ...extra,
];

/** command -> the steps it runs, in order; each is a list of arguments for Node. */
const commands = {
  demo: [['tools/build.mjs'], ['apps/bookstore/dist/demo/main.js', ...args]],
  start: [['tools/build.mjs'], ['apps/server/dist/main.js', ...args]],
  dev: [['tools/dev.mjs', ...args]],
  build: [['tools/build.mjs', ...args]],
  test: [['tools/build.mjs'], ['tools/test.mjs', ...args]],
  bench: [
    ['tools/build.mjs', '--no-console'],
    ['--conditions=sluice-source', 'test/bench/main.ts', ...args],
  ],
  format: [['node_modules/@biomejs/biome/bin/biome', 'check', '--write', ...(args.length ? args : ['.'])]],
  check: [
    ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'],
    ['node_modules/typescript/bin/tsc', '-p', 'web/tsconfig.json'],
    ['node_modules/knip/bin/knip.js'],
    ['tools/build.mjs'],
    ['tools/test.mjs', ...args],
  ],
  jest: [jest(args)],
  sluice: [
    ['tools/build.mjs', '--no-console'],
    ['apps/cli/bin/sluice.js', ...args],
  ],
};

function runStep(runtime, env, nodeArgs) {
  return new Promise((resolve) => {
    const child = spawn(runtime.bin, nodeArgs, { cwd: root, env, stdio: 'inherit' });
    // Ctrl+C in a terminal reaches every process by itself; what is sent to this process alone is passed on.
    const pass = (signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, pass);
    // A shell in between that is ended passes nothing on; who started this is gone then, and so must this be.
    const parent = process.ppid;
    const orphaned = setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 500);
    child.on('exit', (code, signal) => {
      clearInterval(orphaned);
      for (const each of signals) process.off(each, pass);
      resolve(signal ? 130 : (code ?? 1));
    });
  });
}

const steps = commands[command];
if (!steps) stop(`Unknown command "${command}". Known: ${Object.keys(commands).join(', ')}.`);
const runtime = findRuntime();
const env = environmentFor(runtime);
try {
  install(runtime, env);
} catch (error) {
  stop(error.message);
}
for (const step of steps) {
  const code = await runStep(runtime, env, step);
  if (code !== 0) process.exit(code);
}
