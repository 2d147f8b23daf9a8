import { type CallInputs, defaultScriptTimeoutMs, type Json } from '@sluice/core';
import type { ScriptFailure } from './failure.ts';
import { inputReader, inputText } from './inputs.ts';
import { Memo } from './memo.ts';
import { fullBudget, plainCopy } from './plain-copy.ts';
import { fallbackResult, misfitResult } from './results.ts';
import type { ScriptHost } from './script-host.ts';
import type { ScriptOptions } from './script-options.ts';
import type { ScriptVersion } from './version.ts';

/** What the caller gets in place of the call, or, without an answer, whether the error goes on or the call is blocked. */
export type FallbackAnswer =
  | {
      readonly answered: true;
      readonly value: Json;
      readonly by: 'script' | 'lastGood';
      readonly failure?: ScriptFailure;
    }
  | { readonly answered: false; readonly onError: 'pass' | 'block'; readonly failure: ScriptFailure };

const mostWords = 500;

/** A rule whose script computes a degraded answer: `function fallback(call, error) { return { items: [] } }`. */
export class FallbackScript {
  readonly #host: ScriptHost;
  readonly #version: ScriptVersion;
  readonly #read: ReturnType<typeof inputReader>;
  readonly #onError: NonNullable<ScriptOptions['onError']>;
  /** As JSON text, so that each caller gets an answer of its own. */
  readonly #lastGood = new Memo<string>();

  constructor(host: ScriptHost, ruleId: string, options: ScriptOptions) {
    const { source, inputs = [], timeoutMs = defaultScriptTimeoutMs, onError = 'pass' } = options;
    this.#host = host;
    this.#version = host.acquire(ruleId, { entry: 'fallback', source, timeoutMs });
    this.#read = inputReader(inputs);
    this.#onError = onError;
  }

  /** Why it doesn't run at all. */
  get broken(): ScriptFailure | undefined {
    return this.#version.broken;
  }

  /** Answers for a call that failed with `error`. Never rejects. */
  async fallback(call: CallInputs, error: unknown): Promise<FallbackAnswer> {
    const declared = this.#read(call);
    if (typeof declared !== 'string') return this.#without(declared, undefined);
    const { clock, draw } = this.#host;
    const text = inputText(declared, clock.now(), draw(), errorText(error));
    const result = await this.#host.ask(this.#version, text);
    if (!result.ok) return this.#without(result.failure, declared);
    const read = fallbackResult.safeParse(result.value);
    if (!read.success) return this.#without(misfitResult('fallback'), declared);
    if (this.#onError === 'lastGood') {
      const good = JSON.stringify(read.data);
      this.#lastGood.set(declared, good, clock.monotonic(), good.length);
    }
    return { answered: true, value: read.data, by: 'script' };
  }

  /** Gives the script back to the host. */
  release(): void {
    this.#host.release(this.#version);
  }

  #without(why: ScriptFailure, declared: string | undefined): FallbackAnswer {
    const last =
      declared === undefined
        ? undefined
        : this.#lastGood.get(declared, this.#host.clock.monotonic(), Number.POSITIVE_INFINITY);
    if (last !== undefined)
      return { answered: true, value: JSON.parse(last) as Json, by: 'lastGood', failure: why };
    return { answered: false, onError: this.#onError === 'block' ? 'block' : 'pass', failure: why };
  }
}

/** What a script sees of an error: name, message, code and status, as far as they are scalars. */
function errorText(error: unknown): string {
  const seen: Record<string, Json> = {};
  try {
    if (typeof error !== 'object' || error === null)
      return JSON.stringify({ message: String(error).slice(0, mostWords) });
    for (const key of ['name', 'message', 'code', 'status']) {
      const value: unknown = Reflect.get(error, key);
      if (typeof value === 'string') seen[key] = value.slice(0, mostWords);
      else if (typeof value === 'number') seen[key] = plainCopy(value, fullBudget()) ?? null;
    }
  } catch {
    // An error whose properties throw says no more than that.
  }
  return JSON.stringify(seen);
}
