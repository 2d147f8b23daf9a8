import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Context } from '../context.ts';
import { CliError, nothingChanged } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';

const entries = {
  demo: ['apps', 'bookstore', 'dist', 'demo', 'main.js'],
  server: ['apps', 'server', 'dist', 'main.js'],
} as const;

/** `sluice demo` and `sluice server`: starts the program of the checkout that this command line belongs to. */
export async function runLocal(
  _context: Context,
  what: keyof typeof entries,
  args: readonly string[],
): Promise<ExitCode> {
  const root = checkoutAbove(import.meta.dirname);
  if (root === undefined) throw notACheckout(what);
  const entry = join(root, ...entries[what]);
  if (!existsSync(entry)) throw notBuilt(what, root);
  const child = spawn(process.execPath, [entry, ...args], { cwd: root, stdio: 'inherit' });
  // Ctrl+C reaches the child by itself, being in the same process group; a signal to this process alone is passed on.
  const ignore = (): void => undefined;
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGINT', ignore).on('SIGTERM', pass);
  try {
    return await new Promise<ExitCode>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) => resolve((signal ? exitCode.interrupted : (code ?? 1)) as ExitCode));
    });
  } finally {
    process.off('SIGINT', ignore).off('SIGTERM', pass);
  }
}

/** The nearest folder above that is a checkout of Sluice. */
export function checkoutAbove(folder: string): string | undefined {
  const file = join(folder, 'package.json');
  if (existsSync(file) && existsSync(join(folder, 'apps', 'server'))) {
    const { name } = JSON.parse(readFileSync(file, 'utf8')) as { name?: unknown };
    if (name === 'sluice') return folder;
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : checkoutAbove(parent);
}

function notACheckout(what: string): CliError {
  return new CliError(
    'no_checkout',
    exitCode.failure,
    {
      what: {
        en: '"sluice {what}" starts the program of a checkout, and this command line was installed without one.',
        zh: '"sluice {what}" 需要在代码仓库中运行，而本命令行是单独安装的。',
      },
      still: { en: 'Nothing was started.', zh: '没有启动任何程序。' },
      todo: {
        en: 'Clone Sluice and run "npm run demo" or "npm start" there.',
        zh: '请克隆 Sluice 仓库，在其中运行 "npm run demo" 或 "npm start"。',
      },
    },
    { what },
  );
}

function notBuilt(what: string, root: string): CliError {
  return new CliError(
    'not_built',
    exitCode.failure,
    {
      what: { en: 'The checkout in {root} is not built yet.', zh: '{root} 中的仓库尚未构建。' },
      still: nothingChanged,
      todo: {
        en: 'Run "npm run build" there, or "npm run {script}", which builds first.',
        zh: '请在其中运行 "npm run build"，或直接运行会先构建的 "npm run {script}"。',
      },
    },
    { root, script: what === 'demo' ? 'demo' : 'start' },
  );
}
