import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

/** Runs npm in a folder. Throws with all that it said when it fails. */
export async function npm(cwd: string, ...args: readonly string[]): Promise<void> {
  const onWindows = process.platform === 'win32';
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const child = spawn('npm', [...args, ...quiet], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: onWindows,
  });
  const exited = once(child, 'exit');
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await exited;
  if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}:\n${errors}${out}`);
}
