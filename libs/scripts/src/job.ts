import type { ScriptFailure } from './failure.ts';
import type { ScriptVersion } from './version.ts';

/** What came of a call: plain data that nobody has checked yet, or why there is none. */
export type RawResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: ScriptFailure };

/** One call on its way to a script. It gets exactly one result, whatever happens to the child. */
export class Job {
  readonly version: ScriptVersion;
  /** The input as the JSON text of a list: what the script gets first, and second. */
  readonly text: string;
  readonly askedAtMs: number;
  /** Children that were replaced under it. */
  lives = 0;
  #settle: ((result: RawResult) => void) | undefined;

  constructor(version: ScriptVersion, text: string, askedAtMs: number, settle: (result: RawResult) => void) {
    this.version = version;
    this.text = text;
    this.askedAtMs = askedAtMs;
    this.#settle = settle;
  }

  get isSettled(): boolean {
    return this.#settle === undefined;
  }

  /** The first result counts; any later one is dropped. */
  settle(result: RawResult): void {
    const settle = this.#settle;
    if (!settle) return;
    this.#settle = undefined;
    const { counts } = this.version;
    if (result.ok) counts.answers++;
    else counts.failures++;
    settle(result);
  }

  fail(failure: ScriptFailure): void {
    this.settle({ ok: false, failure });
  }
}
