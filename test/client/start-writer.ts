import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const writers: ChildProcess[] = [];

/** Ends what a failed test left running. */
export function killWriters(): void {
  for (const writer of writers.splice(0)) writer.kill('SIGKILL');
}

export interface WriterOptions {
  /** The first revision that it writes. */
  readonly from?: number;
  /** The largest file that it may write, as on a disk that is full then. */
  readonly largestFileKiB?: number;
  /** The user that it turns into once it runs. */
  readonly uid?: number | undefined;
}

/** Starts a `cache-writer.ts` on the folder `root`. */
export function startWriter(root: string, { from = 1, largestFileKiB, uid }: WriterOptions = {}) {
  const script = [join(import.meta.dirname, 'cache-writer.ts'), root, String(from)];
  if (uid !== undefined) script.push(String(uid));
  const node = [process.execPath, '--conditions=sluice-source', ...script];
  const [file = '', ...args] =
    largestFileKiB === undefined
      ? node
      : ['bash', '-c', `ulimit -f ${largestFileKiB}; exec "$@"`, 'bash', ...node];
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  writers.push(child);
  const lines: string[] = [];
  const closed = [child.stdout, child.stderr].map((stream) => {
    const reader = createInterface({ input: stream });
    reader.on('line', (line) => {
      lines.push(line);
      child.emit('line');
    });
    return once(reader, 'close');
  });
  return {
    /** The first line that fits, said already or still to come. */
    async until(fits: RegExp): Promise<string> {
      for (;;) {
        const line = lines.find((l) => fits.test(l));
        if (line !== undefined) return line;
        if (child.exitCode !== null) throw new Error(`the writer ended: ${lines.join('\n')}`);
        await once(child, 'line');
      }
    },
    async kill(): Promise<void> {
      const gone = child.exitCode === null && !child.signalCode ? once(child, 'exit') : undefined;
      child.kill('SIGKILL');
      await Promise.all([...closed, gone]);
    },
    /** The last revision that it said to be durable. */
    durable: () => Number(lines.findLast((l) => l.startsWith('durable'))?.split(' ')[1] ?? 0),
  };
}
