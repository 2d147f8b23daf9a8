import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CallerReport, GuardedAsk, GuardedOrder } from './guarded-fleet-program.ts';

const program = join(import.meta.dirname, 'guarded-fleet-program.ts');

type Ask = GuardedAsk extends infer A ? (A extends GuardedAsk ? Omit<A, 'ask'> : never) : never;

/** A real process of instances that call guarded functions all the time, and tell what their callers got. */
export class GuardedFleet {
  readonly #child: ChildProcess;
  #asked = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when every client in it has said how it starts. */
  static async start(order: GuardedOrder): Promise<GuardedFleet> {
    const child = fork(program, [JSON.stringify(order)], {
      execArgv: ['--conditions=sluice-source', '--disable-warning=ExperimentalWarning'],
      env: { PATH: process.env.PATH },
    });
    const gone = once(child, 'exit').then(([code]) => {
      throw new Error(`a fleet process ended with ${code}`);
    });
    await Promise.race([once(child, 'message'), gone]);
    gone.catch(() => undefined);
    return new GuardedFleet(child);
  }

  /** Counts what callers of a resource get from now on. */
  async forget(resource: string): Promise<void> {
    await this.#ask({ what: 'forget', resource });
  }

  /** What callers of a resource got since then. */
  report(resource: string): Promise<CallerReport> {
    return this.#ask({ what: 'report', resource });
  }

  /** Lets a share of the calls of a resource fail from now on. */
  async fail(resource: string, share: number): Promise<void> {
    await this.#ask({ what: 'fail', resource, share });
  }

  /** Calls a resource so often from now on, on each instance. */
  async rate(resource: string, perSec: number): Promise<void> {
    await this.#ask({ what: 'rate', resource, perSec });
  }

  /** Stops the process where it stands, as a debugger or a frozen machine does. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }

  async #ask(ask: Ask): Promise<CallerReport> {
    const id = ++this.#asked;
    this.#child.send({ ...ask, ask: id });
    for (;;) {
      const [answer] = (await once(this.#child, 'message')) as [{ ask: number; report: CallerReport }];
      if (answer.ask === id) return answer.report;
    }
  }
}
