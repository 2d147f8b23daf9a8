import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ScriptHost, type ScriptHostOptions } from '@sluice/scripts';

export const SCRIPT_HOST_OPTIONS = Symbol('ScriptHostOptions');
/** Another desk, for what is to be released: a host answers one after the other, and this waits for nobody's tries. */
export const RELEASE_DESK = Symbol('ReleaseDesk');

const idleMs = 60_000;

/** A script host of the server's own: there while somebody needs it and a minute longer, gone otherwise. */
@Injectable()
export class ScriptDesk implements OnApplicationShutdown {
  readonly #options: ScriptHostOptions;
  #host: ScriptHost | undefined;
  #users = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(@Inject(SCRIPT_HOST_OPTIONS) options: ScriptHostOptions) {
    this.#options = options;
  }

  /** The processes of the host. */
  get pids(): readonly number[] {
    return this.#host?.pids ?? [];
  }

  async use<T>(work: (host: ScriptHost) => Promise<T>): Promise<T> {
    clearTimeout(this.#idle);
    this.#users++;
    this.#host ??= new ScriptHost(this.#options);
    try {
      return await work(this.#host);
    } finally {
      if (--this.#users === 0) this.#idle = setTimeout(() => this.stop(), idleMs).unref();
    }
  }

  /** Ends its processes. The next who needs it has a fresh one. */
  stop(): void {
    clearTimeout(this.#idle);
    this.#host?.close();
    this.#host = undefined;
  }

  onApplicationShutdown(): void {
    this.stop();
  }
}
