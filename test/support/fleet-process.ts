import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FleetOrder, OwnReport } from './fleet-program.ts';

const program = join(import.meta.dirname, 'fleet-program.ts');

/** A real process with some real clients in it, which tells on request what each of them holds in memory. */
export class FleetProcess {
  readonly #child: ChildProcess;
  /** How each client started: `live`, `snapshot` or `defaults`. */
  readonly states: readonly string[];
  #asked = 0;

  private constructor(child: ChildProcess, states: readonly string[]) {
    this.#child = child;
    this.states = states;
  }

  /** Resolves when every client in it has said how it starts. */
  static async start(
    order: Partial<FleetOrder> & Pick<FleetOrder, 'server' | 'token' | 'cacheDir' | 'ids'>,
  ): Promise<FleetProcess> {
    const nobody = { throwing: [], muted: [], documents: [], labels: {} };
    const full: FleetOrder = { ...nobody, readyMs: 15_000, ...order };
    const child = fork(program, [JSON.stringify(full)], {
      execArgv: ['--conditions=sluice-source', '--disable-warning=ExperimentalWarning'],
      env: { PATH: process.env.PATH },
    });
    const gone = once(child, 'exit').then(([code]) => {
      throw new Error(`a fleet process ended with ${code}`);
    });
    const [{ ready }] = (await Promise.race([once(child, 'message'), gone])) as [{ ready: string[] }];
    gone.catch(() => undefined);
    return new FleetProcess(child, ready);
  }

  async reports(): Promise<OwnReport[]> {
    const ask = ++this.#asked;
    this.#child.send({ ask });
    for (;;) {
      const [answer] = (await once(this.#child, 'message')) as [{ ask: number; reports: OwnReport[] }];
      if (answer.ask === ask) return answer.reports;
    }
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
