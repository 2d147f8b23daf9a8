// `npm run dev`: the server from dist/, compiled again and restarted when a source of it changes, and the console
// from Vite, which puts a change on the page by itself. Settings are the server's own environment variables.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { buildAll } from './build.mjs';

const root = join(import.meta.dirname, '..');
const watched = ['libs/core/src', 'libs/protocol/src', 'apps/server/src'];
const settleMs = 150;
const say = (text) => process.stderr.write(`${text}\n`);

let server;
let stopping = false;

async function stopServer() {
  const running = server;
  server = undefined;
  if (!running || running.exitCode !== null || running.signalCode !== null) return;
  const ended = once(running, 'exit');
  running.kill('SIGTERM');
  await ended;
}

/** Compiles, then starts the server anew. A source that cannot be compiled leaves the running server as it is. */
async function restart() {
  try {
    await buildAll({ console: false });
  } catch (error) {
    say(`${error.message}\nNot compiled; the server runs on as it was.`);
    return;
  }
  await stopServer();
  if (stopping) return;
  const started = spawn(
    process.execPath,
    ['--enable-source-maps', 'apps/server/dist/main.js', ...process.argv.slice(2)],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  started.on('exit', (code) => {
    if (server === started && code)
      say(`The server ended with code ${code}; it starts again with the next change.`);
  });
  server = started;
}

/** One restart at a time; what changes meanwhile makes one more. */
let working;
let again = false;
async function restartSoon() {
  again = true;
  if (working) return;
  working = true;
  while (again && !stopping) {
    again = false;
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    await restart();
  }
  working = false;
}

const watchers = watched.map((folder) =>
  watch(join(root, folder), { recursive: true }, (_, file) => {
    if (!file || /\.spec\.ts$/.test(file)) return;
    void restartSoon();
  }),
);
await restart();

let vite;
if (existsSync(join(root, 'web/vite.config.ts'))) {
  const { createServer } = await import('vite');
  vite = await createServer({ root: join(root, 'web'), configFile: join(root, 'web/vite.config.ts') });
  await vite.listen();
  vite.printUrls();
}

async function stop() {
  if (stopping) return;
  stopping = true;
  for (const watcher of watchers) watcher.close();
  await Promise.all([stopServer(), vite?.close()]);
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop());
