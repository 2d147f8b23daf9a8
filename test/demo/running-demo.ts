import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const main = join(import.meta.dirname, '../../apps/bookstore/dist/demo/main.js');

export interface FleetFile {
  readonly demoPid: number;
  readonly serverPid: number;
  readonly url: string;
  readonly processes: readonly {
    readonly name: string;
    readonly app: string;
    readonly pid?: number;
    readonly reportUrl?: string;
    readonly service?: string;
  }[];
}

export interface OwnReport {
  readonly instance: string;
  readonly state: string;
  readonly digests: { readonly namespaces: readonly { readonly name: string; readonly digest: string }[] };
  readonly values: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly calls: Readonly<Record<string, { readonly ok: number; readonly errors: number }>>;
}

/** `npm run demo -- --headless` as a program would run it. */
export class RunningDemo {
  readonly dataDir: string;
  readonly stdout: string[] = [];
  stderr = '';
  readonly child: ChildProcess;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  readonly #startedAt = performance.now();
  readonly #firstLine: Promise<string>;

  constructor(dataDir: string, ...args: string[]) {
    this.dataDir = dataDir;
    this.child = spawn(process.execPath, [main, '--headless', '--data', dataDir, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, SLUICE_LANG: 'en' },
    });
    this.child.stderr?.setEncoding('utf8').on('data', (part: string) => {
      this.stderr += part;
    });
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code, signal) => resolve(signal ?? code ?? -1)),
    );
    this.#firstLine = new Promise((resolve, reject) => {
      createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
        this.stdout.push(line);
        resolve(line);
      });
      this.child.once('close', () =>
        reject(new Error(`the demo ended before it was ready:\n${this.stderr}`)),
      );
    });
    this.#firstLine.catch(() => undefined); // a demo that is meant to fail is never asked for its line
  }

  async ready(): Promise<{ ready: true; url: string; token: string; ms: number }> {
    const line = JSON.parse(await this.#firstLine) as { ready: true; url: string; token: string };
    return { ...line, ms: performance.now() - this.#startedAt };
  }

  fleet(): FleetFile {
    return JSON.parse(readFileSync(join(this.dataDir, 'fleet.json'), 'utf8')) as FleetFile;
  }

  pids(): number[] {
    const { demoPid, serverPid, processes } = this.fleet();
    return [demoPid, serverPid, ...processes.flatMap(({ pid }) => pid ?? [])];
  }

  async report(name: string): Promise<OwnReport> {
    const { reportUrl } = this.fleet().processes.find((entry) => entry.name === name) ?? {};
    return (await (await fetch(`${reportUrl}/debug/values`)).json()) as OwnReport;
  }

  async stop(signal: NodeJS.Signals): Promise<number | string> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Whether a process runs; one that has ended and only waits to be counted does not. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}

/** Asks until the answer is there; says what was last known when it never comes. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  timeoutMs = 30_000,
): Promise<T> {
  const until = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > until) throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
