import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CrowdOrder, CrowdState, CrowdWish } from './crowd-program.ts';

const program = join(import.meta.dirname, 'crowd-program.ts');

/** A process full of lean instances that stay: thousands of connections to a server from outside of it. */
export class Crowd {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when all of them are connected. */
  static async start(order: CrowdOrder): Promise<Crowd> {
    const child = fork(program, [JSON.stringify(order)], {
      execArgv: ['--conditions=sluice-source', '--disable-warning=ExperimentalWarning'],
      env: { PATH: process.env.PATH },
    });
    const gone = once(child, 'exit').then(([code]) => {
      throw new Error(`a crowd ended with ${code}`);
    });
    await Promise.race([once(child, 'message'), gone]);
    gone.catch(() => undefined);
    return new Crowd(child);
  }

  state(): Promise<CrowdState> {
    return this.#ask({ state: true });
  }

  /** Each of them tells of three resources so often; 0 ends it. */
  async report(everyMs: number): Promise<void> {
    await this.#ask({ reportEveryMs: everyMs });
  }

  /** Stops all of them where they are (`SIGSTOP`): nobody reads and nobody answers. */
  stop(): void {
    this.#child.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }

  async #ask(wish: CrowdWish): Promise<CrowdState> {
    const answer = once(this.#child, 'message');
    this.#child.send(wish);
    return (await answer)[0] as CrowdState;
  }
}
