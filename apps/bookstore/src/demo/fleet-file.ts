import { join } from 'node:path';
import { writePrivate } from './demo-state.ts';

/** A running process, for people and tests that want to look at it directly. */
export interface FleetEntry {
  readonly name: string;
  readonly app: string;
  readonly pid: number | undefined;
  /** Answers `/health` and `/debug/values`, from the memory of the process itself. */
  readonly reportUrl: string | undefined;
  /** Where its service listens: a URL, or the address of a gRPC server. */
  readonly service: string | undefined;
}

export interface FleetFileContent {
  readonly demoPid: number;
  readonly serverPid: number | undefined;
  readonly url: string;
  readonly processes: readonly FleetEntry[];
}

/** Keeps `fleet.json` up to date: one write after the other, and only the newest content. */
export class FleetFile {
  readonly #file: string;
  readonly #content: () => FleetFileContent;
  #writing: Promise<void> = Promise.resolve();
  #isWanted = false;

  constructor(dataDir: string, content: () => FleetFileContent) {
    this.#file = join(dataDir, 'fleet.json');
    this.#content = content;
  }

  update(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#writing = this.#writing
      .then(() => {
        this.#isWanted = false;
        return writePrivate(this.#file, `${JSON.stringify(this.#content(), null, 2)}\n`);
      })
      // Nothing depends on the file: a folder that was deleted meanwhile must not end the demo.
      .catch(() => undefined);
  }
}
