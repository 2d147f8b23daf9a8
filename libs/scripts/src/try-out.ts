import type { Json } from '@sluice/core';
import type { z } from 'zod';
import { failure, isHostsFault, type ScriptFailure } from './failure.ts';
import { inputText } from './inputs.ts';
import type { RawResult } from './job.ts';
import type { ScriptEntry } from './messages.ts';
import { mostInputLength } from './plain-copy.ts';
import { decideResult, fallbackResult, misfitResult, policyResult } from './results.ts';
import type { ScriptHost, ScriptSource } from './script-host.ts';
import type { ScriptVersion } from './version.ts';

const results: Record<ScriptEntry, z.ZodType> = {
  decide: decideResult,
  policy: policyResult,
  fallback: fallbackResult,
};
const longestWaitMs = 10_000;
const restMs = 20;
let lastTry = 0;

/** Input for one run, all of it given, so that the same input gives the same result at any time. */
export interface TryInput {
  /** By the names that the script declares. */
  readonly values: Readonly<Record<string, Json>>;
  readonly now: number;
  readonly random: number;
  /** What `fallback` gets second. */
  readonly error?: Json;
}

export type TryResult = { readonly tookMs: number } & (
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly failure: ScriptFailure }
);

/** Whether a source can run: undefined, or what is wrong with it, with line and column where they are known. */
export async function check(
  host: ScriptHost,
  source: string,
  entry: ScriptEntry,
): Promise<ScriptFailure | undefined> {
  const version = host.acquire(`check ${++lastTry}`, { entry, source, timeoutMs: 1000 });
  try {
    return await host.compiled(version);
  } finally {
    host.forget(version);
  }
}

/** A script that is tried: it runs on one input after the other, as it would for a rule. To be ended. */
export class Trial {
  readonly #host: ScriptHost;
  readonly #version: ScriptVersion;

  constructor(host: ScriptHost, source: ScriptSource) {
    this.#host = host;
    this.#version = host.acquire(`try ${++lastTry}`, source);
  }

  /** Why it can't run; undefined when it can. */
  problem(): Promise<ScriptFailure | undefined> {
    return this.#host.compiled(this.#version);
  }

  /** Never rejects. */
  async run(input: TryInput): Promise<TryResult> {
    const problem = await this.problem();
    if (problem) return { ok: false, failure: problem, tookMs: 0 };
    const [declared, error] = [JSON.stringify(input.values), JSON.stringify(input.error ?? null)];
    if (declared.length + error.length > mostInputLength)
      return { ok: false, failure: failure('input_too_large'), tookMs: 0 };
    const { ran, tookMs } = await this.#ask(inputText(declared, input.now, input.random, error));
    if (!ran.ok) return { ...ran, tookMs };
    const { entry } = this.#version;
    const read = results[entry].safeParse(ran.value);
    if (!read.success) return { ok: false, failure: misfitResult(entry), tookMs };
    return { ok: true, result: read.data, tookMs };
  }

  /** A try is in no hurry: while the host starts anew after the run before, it waits. */
  async #ask(text: string): Promise<{ readonly ran: RawResult; readonly tookMs: number }> {
    const { clock } = this.#host;
    const { counts } = this.#version;
    for (const untilMs = clock.monotonic() + longestWaitMs; ; ) {
      const [startedAt, usedBeforeMs] = [clock.monotonic(), counts.cpuMs];
      const ran = await this.#host.ask(this.#version, text);
      const endedAt = clock.monotonic();
      // Others may have had the host meanwhile: where it is known, it is what the script itself took.
      const usedMs = counts.cpuMs - usedBeforeMs;
      if (ran.ok || !isHostsFault(ran.failure) || endedAt >= untilMs)
        return { ran, tookMs: usedMs > 0 ? usedMs : endedAt - startedAt };
      await new Promise<void>((resolve) => clock.after(restMs, resolve, 'held'));
    }
  }

  end(): void {
    this.#host.forget(this.#version);
  }
}

/** Runs a script once, as a rule would. */
export async function tryOut(host: ScriptHost, source: ScriptSource, input: TryInput): Promise<TryResult> {
  const trial = new Trial(host, source);
  try {
    return await trial.run(input);
  } finally {
    trial.end();
  }
}
