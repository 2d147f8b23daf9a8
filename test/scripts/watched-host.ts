import {
  failureText,
  isHostsFault,
  ScriptHost,
  type ScriptHostOptions,
  type ScriptSource,
} from '@sluice/scripts';
import { Watchdog } from './watchdog.ts';

type RawResult = Awaited<ReturnType<ScriptHost['ask']>>;

/** What this machine may add to any time while others work on it. */
export const noiseMs = 1500;
let lastOwner = 0;

/** A host, with a watchdog on the event loop of this process. */
export class WatchedHost {
  readonly host: ScriptHost;
  readonly events: string[] = [];
  readonly watchdog = new Watchdog();

  constructor(options: ScriptHostOptions = {}) {
    this.host = new ScriptHost({ ...options, onEvent: (event) => this.events.push(event.type) });
  }

  /** The longest time since `reset` in which nothing else could run in this process. */
  get longestStandstillMs(): number {
    return this.watchdog.longestStandstillMs;
  }

  reset(): void {
    this.watchdog.reset();
  }

  /** Compiles a source of its own version and asks it once. */
  async ask(
    source: string,
    { input = {}, timeoutMs = 100, entry = 'decide' }: Partial<ScriptSource> & { input?: object } = {},
  ): Promise<{ result: RawResult; tookMs: number }> {
    const version = this.host.acquire(`owner-${++lastOwner}`, { entry, source, timeoutMs });
    const problem = await this.host.compiled(version);
    const startedAt = performance.now();
    const result: RawResult = problem
      ? { ok: false, failure: problem }
      : await this.host.ask(version, JSON.stringify([input, null]));
    this.host.release(version);
    return { result, tookMs: performance.now() - startedAt };
  }

  /** The result in one word: `pass`, `{"a":1}`, or the code of the failure; asked again where that is the host's own. */
  async word(source: string, options: Parameters<WatchedHost['ask']>[1] = {}): Promise<string> {
    let { result } = await this.ask(source, options);
    for (let tries = 1; tries < 5 && !result.ok && isHostsFault(result.failure); tries++)
      ({ result } = await this.ask(source, options));
    if (!result.ok) return result.failure.code;
    return typeof result.value === 'string' ? result.value : JSON.stringify(result.value);
  }

  /** What a script threw or did wrong, in English. */
  async complaint(source: string): Promise<string> {
    const { result } = await this.ask(source);
    return result.ok ? `answered ${JSON.stringify(result.value)}` : failureText(result.failure, 'en');
  }

  close(): void {
    this.watchdog.stop();
    this.host.close();
  }
}
