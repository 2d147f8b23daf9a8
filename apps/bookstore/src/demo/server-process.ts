import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SupervisedProcess } from './supervised-process.ts';

export interface ServerFacts {
  readonly port: number;
  readonly dataDir: string;
  readonly logsDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether its console offers the story. */
  readonly hasStory: boolean;
  /** What it says beside that it is ready. */
  readonly onMessage: (message: unknown) => void;
  readonly onCrash: (how: string, restartMs: number) => void;
  readonly onRestart: () => void;
}

/** Long enough for a person to see that the bookstore goes on without it. */
const restartMs = 5000;
const graceMs = 6000;

/** The Sluice server of the demo: on loopback, with SQLite in the data folder. */
export class ServerProcess {
  readonly logFile: string;
  readonly #process: SupervisedProcess;
  #started = Promise.withResolvers<void>();

  constructor(facts: ServerFacts) {
    this.logFile = join(facts.logsDir, 'server.log');
    this.#process = new SupervisedProcess(
      {
        name: 'server',
        script: fileURLToPath(new URL('../../../server/dist/main.js', import.meta.url)),
        logFile: this.logFile,
        restartMs,
        env: {
          ...facts.env,
          SLUICE_PORT: String(facts.port),
          SLUICE_HOST: '127.0.0.1',
          SLUICE_DATA_DIR: facts.dataDir,
          ...(facts.hasStory && { SLUICE_DEMO: '1' }),
        },
      },
      {
        onMessage: (message) => {
          if ((message as { ready?: unknown } | null)?.ready === true) this.#started.resolve();
          else facts.onMessage(message);
        },
        onCrash: (how, ms) => {
          this.#started.reject(new Error(how)); // says nothing any more once it has started
          facts.onCrash(how, ms);
        },
        onRestart: facts.onRestart,
      },
    );
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  send(message: object): void {
    this.#process.send(message);
  }

  /** Resolves when it listens, rejects when it ended before. */
  async start(): Promise<void> {
    this.#process.start();
    await this.#started.promise;
  }

  /** Kills it with -9; it stays down until the answer is called, which resolves when it listens again. */
  async killAndHold(): Promise<() => Promise<void>> {
    const raise = await this.#process.killAndHold();
    return async () => {
      this.#started = Promise.withResolvers();
      raise();
      await this.#started.promise;
    };
  }

  stop(): Promise<void> {
    return this.#process.stop(graceMs);
  }
}
