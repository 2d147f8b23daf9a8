import { defaultScriptTimeoutMs } from '@sluice/core';
import type { Timer } from './clock.ts';
import type { ScriptFailure } from './failure.ts';
import { inputReader, inputText, type Stats } from './inputs.ts';
import { badResult, misfitResult, type PolicySettings, policyResult } from './results.ts';
import type { ScriptHost } from './script-host.ts';
import type { ScriptOptions } from './script-options.ts';
import type { ScriptVersion } from './version.ts';

/** What a policy sets now: nothing before its first answer. */
export interface Policy {
  readonly settings: PolicySettings;
  /** It failed and its rule says to refuse calls meanwhile. */
  readonly blocks: boolean;
  readonly by: 'script' | 'lastGood' | 'onError' | 'start';
  readonly failure?: ScriptFailure;
}

/**
 * A rule whose script sets limits and thresholds of other rules from statistics, every `everyMs`:
 * `function policy(stats) { return { 'rule-key': { limit: 100 } } }`. Calls never wait for it.
 */
export class PolicyScript {
  readonly #host: ScriptHost;
  readonly #version: ScriptVersion;
  readonly #read: ReturnType<typeof inputReader>;
  readonly #onError: NonNullable<ScriptOptions['onError']>;
  readonly #everyMs: number;
  readonly #stats: () => Stats;
  readonly #changed: (policy: Policy) => void;
  readonly #misfit: (settings: PolicySettings) => string | undefined;
  #current: Policy = { settings: {}, blocks: false, by: 'start' };
  #timer: Timer | undefined;
  #isStopped = true;

  constructor(
    host: ScriptHost,
    ruleId: string,
    options: ScriptOptions & { readonly everyMs: number },
    stats: () => Stats,
    changed: (policy: Policy) => void,
    /** Why rules can't obey what it answered; then its rule's `onError` applies. */
    misfit: (settings: PolicySettings) => string | undefined = () => undefined,
  ) {
    const { source, inputs = [], timeoutMs = defaultScriptTimeoutMs, onError = 'pass', everyMs } = options;
    this.#host = host;
    this.#version = host.acquire(ruleId, { entry: 'policy', source, timeoutMs });
    this.#read = inputReader(inputs);
    this.#onError = onError;
    this.#everyMs = everyMs;
    this.#stats = stats;
    this.#changed = changed;
    this.#misfit = misfit;
  }

  /** Why it doesn't run at all. */
  get broken(): ScriptFailure | undefined {
    return this.#version.broken;
  }

  get current(): Policy {
    return this.#current;
  }

  /** Asks at once, then every `everyMs` after the answer before. */
  start(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    void this.#turn();
  }

  /** Asks no more, and gives the script back to the host. What was set last stays in `current`. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#host.release(this.#version);
  }

  async #turn(): Promise<void> {
    const policy = await this.#ask();
    if (this.#isStopped) return;
    this.#current = policy;
    this.#timer = this.#host.clock.after(this.#everyMs, () => void this.#turn());
    this.#changed(policy);
  }

  async #ask(): Promise<Policy> {
    const declared = this.#read({}, this.#stats());
    if (typeof declared !== 'string') return this.#without(declared);
    const { clock, draw } = this.#host;
    const result = await this.#host.ask(this.#version, inputText(declared, clock.now(), draw()));
    if (!result.ok) return this.#without(result.failure);
    const read = policyResult.safeParse(result.value);
    if (!read.success) return this.#without(misfitResult('policy'));
    const misfit = this.#misfit(read.data);
    if (misfit !== undefined) return this.#without(badResult(misfit));
    return { settings: read.data, blocks: false, by: 'script' };
  }

  #without(why: ScriptFailure): Policy {
    if (this.#onError === 'lastGood') return { ...this.#current, by: 'lastGood', failure: why };
    return { settings: {}, blocks: this.#onError === 'block', by: 'onError', failure: why };
  }
}
