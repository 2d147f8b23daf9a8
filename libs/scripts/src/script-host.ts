import { type Clock, systemClock } from './clock.ts';
import { CpuBudget } from './cpu-budget.ts';
import { type FailureCode, failure, type ScriptFailure } from './failure.ts';
import { Job, type RawResult } from './job.ts';
import { type Launch, type LaunchPlace, launchOf } from './launch.ts';
import type { ScriptEntry, SourceProblem } from './messages.ts';
import { RunnerPair } from './runner-pair.ts';
import { ScriptVersion, versionKey } from './version.ts';

const longestCompileMs = 15_000;
const findAgainMs = 1000;

export interface ScriptHostOptions {
  readonly clock?: Clock;
  /** From 0 to 1, what scripts get as `random`. */
  readonly draw?: () => number;
  /** Keeps a second child ready, so that a kill costs no wait. True when absent. */
  readonly spare?: boolean;
  /** Processor time that each script may take. 500 ms per second when absent. */
  readonly cpuMsPerSec?: number;
  /** Calls that may wait for scripts at once; more are answered by `onError`. 10,000 when absent. */
  readonly mostPending?: number;
  /** Where Node and isolated-vm are, or the whole command, instead of what is found. */
  readonly place?: LaunchPlace | Launch;
  readonly onEvent?: (event: ScriptEvent) => void;
}

export type ScriptEvent =
  /** A version was switched off here. */
  | { readonly type: 'quarantined'; readonly key: string; readonly why: 'kills' | 'timeouts' }
  /** A version can't run: its source is wrong. */
  | { readonly type: 'broken'; readonly key: string; readonly failure: ScriptFailure }
  | { readonly type: 'killed'; readonly key: string | undefined; readonly reason: string }
  /** No script runs in this process; each rule's `onError` applies. */
  | { readonly type: 'scriptsUnavailable'; readonly failure: ScriptFailure };

/** What a script is: of a rule, or one that is tried. */
export interface ScriptSource {
  readonly entry: ScriptEntry;
  readonly source: string;
  readonly timeoutMs: number;
}

export interface ScriptStats {
  readonly key: string;
  readonly entry: ScriptEntry;
  readonly calls: number;
  readonly answers: number;
  readonly failures: number;
  readonly timeouts: number;
  readonly kills: number;
  readonly cpuMs: number;
  /** Why it doesn't run, when it doesn't. */
  readonly broken: ScriptFailure | undefined;
}

/**
 * Runs scripts in a process of their own and owns the clock: whatever a script does, each call gets exactly one
 * result, this process never waits for it, and nothing is thrown. The child starts with the first script. Calls of
 * one turn of the event loop travel together.
 */
export class ScriptHost {
  readonly clock: Clock;
  readonly draw: () => number;
  readonly #cpuMsPerSec: number;
  readonly #mostPending: number;
  readonly #place: LaunchPlace | Launch;
  #launch: Launch | { readonly reason: string } | undefined;
  #findAgainAtMs = Number.NEGATIVE_INFINITY;
  readonly #tell: (event: ScriptEvent) => void;
  readonly #versions = new Map<string, { readonly version: ScriptVersion; users: number }>();
  #pair: RunnerPair | undefined;
  readonly #spare: boolean;
  #unavailable: ScriptFailure | undefined;
  #isClosed = false;

  constructor(options: ScriptHostOptions = {}) {
    this.clock = options.clock ?? systemClock;
    this.draw = options.draw ?? Math.random;
    this.#spare = options.spare ?? true;
    this.#cpuMsPerSec = options.cpuMsPerSec ?? 500;
    this.#mostPending = options.mostPending ?? 10_000;
    this.#place = options.place ?? {};
    this.#tell = (event) => {
      try {
        options.onEvent?.(event);
      } catch {
        // Who listens must not decide what calls get.
      }
    };
  }

  /** Why no script runs in this process; undefined while they do. */
  get scriptsUnavailable(): ScriptFailure | undefined {
    return this.#unavailable;
  }

  /** The processes in use: the one that runs calls and the spare, as far as they are ready. */
  get pids(): readonly number[] {
    return this.#pair?.pids ?? [];
  }

  /** Calls without a result. */
  get pending(): number {
    return this.#pair?.open ?? 0;
  }

  stats(): ScriptStats[] {
    return [...this.#versions.values()].map(({ version: { key, entry, counts, broken } }) => ({
      key,
      entry,
      ...counts,
      broken,
    }));
  }

  /**
   * Makes a script ready to be asked. The same text of the same owner is the same version, so one that was switched
   * off stays off. Give it back with `release`.
   */
  acquire(owner: string, source: ScriptSource): ScriptVersion {
    const key = versionKey(owner, source);
    const known = this.#versions.get(key);
    if (known) {
      known.users++;
      return known.version;
    }
    const budget = new CpuBudget(this.#cpuMsPerSec, this.clock.monotonic());
    const version = new ScriptVersion(key, source, budget);
    this.#versions.set(key, { version, users: 1 });
    this.#running()?.load(version);
    return version;
  }

  release(version: ScriptVersion): void {
    const known = this.#versions.get(version.key);
    if (!known || --known.users > 0) return;
    // What is switched off is remembered, or it would be back with the next change of another rule.
    if (version.broken?.code !== 'quarantined') this.#versions.delete(version.key);
    this.#pair?.unload(version);
  }

  /** Like `release`, for a version whose owner never comes again: what it did is not remembered either. */
  forget(version: ScriptVersion): void {
    this.release(version);
    if (this.#versions.get(version.key)?.users === 0) this.#versions.delete(version.key);
  }

  /** Asks a script. `text` is the JSON text of what it gets. Never rejects and never throws. */
  ask(version: ScriptVersion, text: string): Promise<RawResult> {
    version.counts.calls++;
    const now = this.clock.monotonic();
    const refused = this.#refusal(version, now);
    return new Promise((resolve) => {
      const pair = this.#pair;
      if (refused || !pair) {
        version.counts.failures++;
        resolve({ ok: false, failure: refused ?? failure('closed') });
        return;
      }
      const settle = (result: RawResult): void => {
        pair.settled();
        resolve(result);
      };
      pair.add(new Job(version, text, now, settle));
    });
  }

  /** Why the version can't run; undefined once a child has made it ready. */
  async compiled(version: ScriptVersion): Promise<ScriptFailure | undefined> {
    const refused = this.#refusal(version, this.clock.monotonic());
    if (refused || version.isCompiled) return refused;
    return new Promise((resolve) => {
      const longest = this.clock.after(longestCompileMs, () => resolve(failure('starting')), 'held');
      version.compiledListeners.push((problem) => {
        longest.cancel();
        resolve(problem);
      });
    });
  }

  /** Ends the children. Calls that wait get their result: `closed`. */
  close(): void {
    this.#isClosed = true;
    this.#pair?.close();
    for (const { version } of this.#versions.values()) version.tellCompiled(failure('closed'));
  }

  #refusal(version: ScriptVersion, now: number): ScriptFailure | undefined {
    const pair = this.#running();
    if (!pair) return this.#isClosed ? failure('closed') : (this.#unavailable ?? failure('starting'));
    if (version.broken) return version.broken;
    if (!version.budget.hasAny(now)) return failure('over_budget');
    return pair.open >= this.#mostPending ? failure('busy') : undefined;
  }

  #running(): RunnerPair | undefined {
    if (this.#isClosed || this.#unavailable) return undefined;
    if (this.#pair) return this.#pair;
    const launch = this.#findLaunch();
    if (!launch) return undefined;
    if ('reason' in launch) {
      this.#becomeUnavailable(launch.reason);
      return undefined;
    }
    this.#pair = new RunnerPair(launch, this.#spare, this.clock, {
      loaded: (version, problem) => this.#onLoaded(version, problem),
      stopped: (version, fault) => this.#strike(version, fault === 'timeout' ? 'timeout' : 'kill'),
      killed: (version, reason) => {
        this.#tell({ type: 'killed', key: version?.key, reason });
        if (version) this.#strike(version, 'kill');
      },
      cannot: (reason) => this.#becomeUnavailable(reason),
      versions: () => [...this.#versions.values()].map(({ version }) => version),
    });
    return this.#pair;
  }

  /** Undefined where it can't be told for want of descriptors; a later call tries again. */
  #findLaunch(): Launch | { readonly reason: string } | undefined {
    const now = this.clock.monotonic();
    if (this.#launch || now < this.#findAgainAtMs) return this.#launch;
    try {
      this.#launch = 'command' in this.#place ? this.#place : launchOf(this.#place);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      // What the app was started without the right to read stays so.
      if (code === 'ERR_ACCESS_DENIED') this.#launch = { reason: message };
      else this.#findAgainAtMs = now + findAgainMs;
    }
    return this.#launch;
  }

  #onLoaded(version: ScriptVersion, problem: SourceProblem | undefined): void {
    if (!problem) {
      version.tellCompiled(undefined);
      return;
    }
    const { kind, line, column } = problem;
    const message = problem.message ?? kind;
    const code: FailureCode = kind === 'entry' ? 'entry' : 'compile';
    if (!version.broken) {
      version.broken = failure(
        code,
        // What a source throws may say `timeout` too, so the kind is told apart from the message.
        { reason: message, entry: version.entry, ...(problem.message === undefined && { kind }) },
        { line, column },
      );
      this.#tell({ type: 'broken', key: version.key, failure: version.broken });
    }
    version.tellCompiled(version.broken);
  }

  #strike(version: ScriptVersion, kind: 'kill' | 'timeout'): void {
    version.counts[kind === 'kill' ? 'kills' : 'timeouts']++;
    if (kind === 'kill' && !version.isCompiled) version.tellCompiled(failure('killed'));
    if (!version.strikes.add(kind, this.clock.monotonic()) || version.broken) return;
    version.broken = failure('quarantined');
    this.#pair?.switchOff(version);
    this.#tell({ type: 'quarantined', key: version.key, why: kind === 'kill' ? 'kills' : 'timeouts' });
  }

  #becomeUnavailable(reason: string): void {
    if (this.#unavailable) return;
    this.#unavailable = failure('unavailable', { reason });
    this.#pair?.close();
    for (const { version } of this.#versions.values()) version.tellCompiled(this.#unavailable);
    this.#tell({ type: 'scriptsUnavailable', failure: this.#unavailable });
  }
}
