import type { CallInputs, Outcome } from '../model/call.ts';
import type { ResourceType } from '../model/resource.ts';
import type { Rules } from '../model/rule.ts';
import { Agenda } from './agenda.ts';
import type { Block } from './block.ts';
import { clusterShares } from './cluster-shares.ts';
import { Entry } from './entry.ts';
import type { Gate } from './gate.ts';
import { Guard } from './guard.ts';
import { typicalDurations } from './typical-durations.ts';
import type { Waiting } from './waiting.ts';

/** A call as it was recorded, or as an access log tells of it. */
export interface ReplayCall {
  /** When it came in, on the clock of its instance. */
  readonly atMs: number;
  readonly resource: string;
  readonly type: ResourceType;
  readonly inputs: CallInputs;
  /** How it ended; absent when it never went, or nobody knows. */
  readonly outcome?: Outcome;
  readonly durationMs?: number;
  /** Whether it could have waited. */
  readonly mayWait?: boolean;
  /** Each instance counts by itself. */
  readonly instance?: string;
}

export type ReplayVerdict = 'pass' | 'block' | 'wouldBlock';

/** Wall clock (milliseconds since 1970) minus the clock of the calls: one for all, or each instance's own. */
export type WallOffset = number | ((instance: string | undefined) => number);

export const wallOffsetOf = (offset: WallOffset, { instance }: ReplayCall): number =>
  typeof offset === 'number' ? offset : offset(instance);

export interface ReplayOptions {
  /** Of everything that is left to chance. That of the live guard gives what happened. */
  readonly seed: number;
  readonly wallOffsetMs: WallOffset;
  readonly revision?: number;
  /**
   * Called once for each call, in the order in which they are decided: its index, and the rules that refused it or,
   * under `wouldBlock`, would have.
   */
  readonly onDecision: (index: number, verdict: ReplayVerdict, rules: readonly string[]) => void;
}

export interface ReplayTotals {
  readonly passed: number;
  readonly blocked: number;
  readonly wouldBlock: number;
  /** Calls that went now and of whose end nothing is recorded: they were taken to last as long as others, and to succeed. */
  readonly estimated: number;
}

const nothing: readonly string[] = Object.freeze([]);

/** A call that went and has to end, or one that waits. */
type Due =
  | { readonly guard: Guard; readonly entry: Entry; readonly outcome: Outcome; readonly waiting?: undefined }
  | { readonly guard: Guard; readonly waiting: Waiting; readonly index: number; done: boolean };

/**
 * Decides calls once more, by the engine that decides them live, under these rules: the same calls, rules and seed
 * give the same decisions. Time is that of the calls. What time of day, system readings and scripts would have
 * changed is told apart: the wall clock follows the calls, system rules see nothing and scripts don't run.
 */
export function replay(calls: readonly ReplayCall[], rules: Rules, options: ReplayOptions): ReplayTotals {
  return new Replay(calls, rules, options).run();
}

class Replay {
  readonly #calls: readonly ReplayCall[];
  readonly #order: readonly number[] | undefined;
  readonly #rules: Rules;
  readonly #options: ReplayOptions;
  readonly #guards = new Map<string | undefined, Guard>();
  readonly #agenda = new Agenda<Due>();
  readonly #typicalMs: (call: ReplayCall) => number;
  readonly #shares: (instance: string | undefined) => ReadonlyMap<string, number>;
  #nowMs = 0;
  #passed = 0;
  #blocked = 0;
  #wouldBlock = 0;
  #estimated = 0;

  constructor(calls: readonly ReplayCall[], rules: Rules, options: ReplayOptions) {
    this.#calls = calls;
    this.#rules = rules;
    this.#options = options;
    this.#order = orderOf(calls);
    this.#typicalMs = typicalDurations(calls);
    this.#shares = clusterShares(calls, rules);
  }

  run(): ReplayTotals {
    for (let i = 0; i < this.#calls.length; i++) {
      const index = this.#order?.[i] ?? i;
      const call = this.#calls[index]!;
      this.#passTime(call.atMs);
      this.#begin(index, call);
    }
    this.#passTime(Number.MAX_VALUE);
    return {
      passed: this.#passed,
      blocked: this.#blocked,
      wouldBlock: this.#wouldBlock,
      estimated: this.#estimated,
    };
  }

  /** Calls that end at a time end before others begin. */
  #passTime(untilMs: number): void {
    const agenda = this.#agenda;
    while (agenda.nextMs <= untilMs) {
      this.#nowMs = agenda.nextMs;
      const due = agenda.take();
      if (due.waiting === undefined) due.guard.exit(due.entry, due.outcome, this.#nowMs);
      else if (!due.done) this.#resume(due);
    }
    if (untilMs < Number.MAX_VALUE) this.#nowMs = untilMs;
  }

  #begin(index: number, call: ReplayCall): void {
    const guard = this.#guardOf(call);
    const gate: Gate = guard.gate(call.resource, call.type);
    const verdict = guard.enter(gate, call.inputs, call.atMs, call.mayWait === true);
    if (verdict.verdict === 'wait') this.#wait({ guard, waiting: verdict, index, done: false });
    else this.#decided(index, guard, verdict);
  }

  #wait(due: Due & { readonly waiting: Waiting }): void {
    const { waiting } = due;
    waiting.onGranted = () => this.#agenda.add(this.#nowMs, due);
    this.#agenda.add(this.#nowMs + waiting.waitMs, due);
  }

  #resume(due: Due & { readonly waiting: Waiting }): void {
    const verdict = due.guard.resume(due.waiting, this.#nowMs);
    if (verdict.verdict === 'wait') {
      this.#agenda.add(this.#nowMs + verdict.waitMs, due);
      return;
    }
    due.done = true;
    this.#decided(due.index, due.guard, verdict);
  }

  #decided(index: number, guard: Guard, verdict: Entry | Block): void {
    const { onDecision } = this.#options;
    if (!(verdict instanceof Entry)) {
      this.#blocked += 1;
      onDecision(index, 'block', [verdict.ruleId]);
      return;
    }
    const wouldBlock = verdict.standing?.holds.wouldBlock ?? nothing;
    this.#passed += 1;
    if (wouldBlock.length > 0) this.#wouldBlock += 1;
    onDecision(index, wouldBlock.length > 0 ? 'wouldBlock' : 'pass', wouldBlock);
    const call = this.#calls[index]!;
    if (call.durationMs === undefined || call.outcome === undefined) this.#estimated += 1;
    const endMs = verdict.startMs + (call.durationMs ?? this.#typicalMs(call));
    this.#agenda.add(endMs, { guard, entry: verdict, outcome: call.outcome ?? 'success' });
  }

  #guardOf(call: ReplayCall): Guard {
    const { instance, atMs } = call;
    const known = this.#guards.get(instance);
    if (known) return known;
    const { seed, revision = 0 } = this.#options;
    const wallOffsetMs = wallOffsetOf(this.#options.wallOffsetMs, call);
    const guard = new Guard({ name: instance ?? 'replay', nowMs: atMs, wallOffsetMs, seed });
    guard.load(this.#rules, revision, atMs);
    for (const [ruleId, limit] of this.#shares(instance)) guard.adjust(ruleId, limit, atMs);
    this.#guards.set(instance, guard);
    return guard;
  }
}

/** The order of time, where the calls aren't in it. */
function orderOf(calls: readonly ReplayCall[]): readonly number[] | undefined {
  if (calls.every((call, i) => i === 0 || calls[i - 1]!.atMs <= call.atMs)) return undefined;
  return calls.map((_, i) => i).sort((a, b) => calls[a]!.atMs - calls[b]!.atMs || a - b);
}
