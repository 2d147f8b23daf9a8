import { type CallInputs, defaultScriptTimeoutMs } from '@sluice/core';
import type { ScriptFailure } from './failure.ts';
import { inputReader, inputText, type Stats } from './inputs.ts';
import { Memo } from './memo.ts';
import { decideResult, misfitResult, type Verdict } from './results.ts';
import type { ScriptHost } from './script-host.ts';
import type { ScriptOptions } from './script-options.ts';
import type { ScriptVersion } from './version.ts';

/** What holds for a call, and who says so. */
export interface Ruling {
  readonly verdict: Verdict;
  readonly by: 'script' | 'memo' | 'lastGood' | 'onError';
  readonly failure?: ScriptFailure;
}

/**
 * A rule whose script rules on single calls: `function decide(call) { return 'pass' }`. Calls with the same declared
 * inputs share an answer for `cacheMs`, also while it is on its way.
 */
export class DecideScript {
  readonly #host: ScriptHost;
  readonly #version: ScriptVersion;
  readonly #read: ReturnType<typeof inputReader>;
  readonly #onError: NonNullable<ScriptOptions['onError']>;
  readonly #cacheMs: number;
  readonly #memo = new Memo<Verdict>();
  readonly #underWay = new Map<string, Promise<Ruling>>();

  constructor(
    host: ScriptHost,
    ruleId: string,
    options: ScriptOptions & { readonly cacheMs?: number | undefined },
  ) {
    const {
      source,
      inputs = [],
      timeoutMs = defaultScriptTimeoutMs,
      onError = 'pass',
      cacheMs = 0,
    } = options;
    this.#host = host;
    this.#version = host.acquire(ruleId, { entry: 'decide', source, timeoutMs });
    this.#read = inputReader(inputs);
    this.#onError = onError;
    this.#cacheMs = cacheMs;
  }

  get key(): string {
    return this.#version.key;
  }

  /** Why it doesn't run at all: its source is wrong, or it was switched off. */
  get broken(): ScriptFailure | undefined {
    return this.#version.broken;
  }

  /** Rules on a call. Never rejects: without an answer of the script, `onError` rules. */
  decide(call: CallInputs, stats?: Stats): Promise<Ruling> {
    const declared = this.#read(call, stats);
    if (typeof declared !== 'string') return Promise.resolve(this.#without(declared));
    if (this.#cacheMs <= 0) return this.#ask(declared);
    const known = this.#memo.get(declared, this.#host.clock.monotonic(), this.#cacheMs);
    if (known) return Promise.resolve({ verdict: known, by: 'memo' });
    let asked = this.#underWay.get(declared);
    if (!asked) {
      asked = this.#ask(declared);
      this.#underWay.set(declared, asked);
      void asked.then(() => this.#underWay.delete(declared));
    }
    return asked;
  }

  /** Gives the script back to the host. */
  release(): void {
    this.#host.release(this.#version);
  }

  async #ask(declared: string): Promise<Ruling> {
    const { clock, draw } = this.#host;
    const result = await this.#host.ask(this.#version, inputText(declared, clock.now(), draw()));
    if (!result.ok) return this.#without(result.failure, declared);
    const read = decideResult.safeParse(result.value);
    if (!read.success) return this.#without(misfitResult('decide'), declared);
    if (this.#cacheMs > 0 || this.#onError === 'lastGood')
      this.#memo.set(declared, read.data, clock.monotonic());
    return { verdict: read.data, by: 'script' };
  }

  #without(why: ScriptFailure, declared?: string): Ruling {
    if (this.#onError === 'lastGood' && declared !== undefined) {
      const verdict = this.#memo.get(declared, this.#host.clock.monotonic(), Number.POSITIVE_INFINITY);
      if (verdict) return { verdict, by: 'lastGood', failure: why };
    }
    return { verdict: { pass: this.#onError !== 'block' }, by: 'onError', failure: why };
  }
}
