import type { CallInputs, Outcome } from '../model/call.ts';
import type { ResourceType } from '../model/resource.ts';
import type { Rules } from '../model/rule.ts';
import { Agenda } from './agenda.ts';
import type { Block } from './block.ts';
import { Entry } from './entry.ts';
import type { Gate } from './gate.ts';
import { Guard, type Place } from './guard.ts';
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

/** What an instance may use of a cluster limit: at a resource, or at all that have no share of their own. */
export interface ClusterShare {
  readonly rule: string;
  readonly limit: number;
  readonly at: Place | undefined;
}

export interface ReplayRunOptions<T> {
  readonly rules: Rules;
  /** The rules of one instance, where they aren't those of all. */
  readonly rulesOf?: ((instance: string | undefined) => Rules) | undefined;
  /** Of everything that is left to chance: one for all, or each instance's own. That of the live guard gives what happened. */
  readonly seed: number | ((instance: string | undefined) => number);
  readonly wallOffsetMs: WallOffset;
  readonly revision?: number;
  /** Names of resources that count by themselves, 2,000 when absent; those after them share one count. */
  readonly maxResources?: number;
  /** How long a call takes of whose end nothing is known; 0 ms when absent. */
  readonly typicalMs?: (call: ReplayCall) => number;
  /** Of cluster limits, what an instance was leased; the whole limit when absent. */
  readonly shares?: (instance: string | undefined) => readonly ClusterShare[];
  /**
   * Called once for each call, in the order in which they are decided: what it was brought with, and the rules that
   * refused it or, under `wouldBlock`, would have.
   */
  readonly onDecision: (tag: T, verdict: ReplayVerdict, rules: readonly string[]) => void;
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
type Due<T> =
  | { readonly guard: Guard; readonly entry: Entry; readonly outcome: Outcome; readonly waiting?: undefined }
  | {
      readonly guard: Guard;
      readonly waiting: Waiting;
      readonly call: ReplayCall;
      readonly tag: T;
      done: boolean;
    };

/**
 * A replay that is brought its calls one by one, and remembers only those that are under way: a recording of any
 * length needs no more memory than that. Calls have to come in the order of time; one that comes late counts as if it
 * had come in with the one before it.
 */
export class ReplayRun<T> {
  readonly #options: ReplayRunOptions<T>;
  readonly #guards = new Map<string | undefined, Guard>();
  readonly #agenda = new Agenda<Due<T>>();
  #nowMs = Number.NEGATIVE_INFINITY;
  #passed = 0;
  #blocked = 0;
  #wouldBlock = 0;
  #estimated = 0;

  constructor(options: ReplayRunOptions<T>) {
    this.#options = options;
  }

  /** Decides about a call. One that has to wait is decided about later; `tag` says which one it was. */
  take(call: ReplayCall, tag: T): void {
    this.#passTime(call.atMs);
    const guard = this.#guardOf(call);
    const gate: Gate = guard.gate(call.resource, call.type);
    const verdict = guard.enter(gate, call.inputs, this.#nowMs, call.mayWait === true);
    if (verdict.verdict === 'wait') this.#wait({ guard, waiting: verdict, call, tag, done: false });
    else this.#decided(call, tag, guard, verdict);
  }

  /** Lets all that is under way come to its end, and says what it came to. */
  end(): ReplayTotals {
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
      this.#nowMs = Math.max(this.#nowMs, agenda.nextMs);
      const due = agenda.take();
      if (due.waiting === undefined) due.guard.exit(due.entry, due.outcome, this.#nowMs);
      else if (!due.done) this.#resume(due);
    }
    if (untilMs < Number.MAX_VALUE && untilMs > this.#nowMs) this.#nowMs = untilMs;
  }

  #wait(due: Due<T> & { readonly waiting: Waiting }): void {
    const { waiting } = due;
    waiting.onGranted = () => this.#agenda.add(this.#nowMs, due);
    this.#agenda.add(this.#nowMs + waiting.waitMs, due);
  }

  #resume(due: Due<T> & { readonly waiting: Waiting }): void {
    const verdict = due.guard.resume(due.waiting, this.#nowMs);
    if (verdict.verdict === 'wait') {
      this.#agenda.add(this.#nowMs + verdict.waitMs, due);
      return;
    }
    due.done = true;
    this.#decided(due.call, due.tag, due.guard, verdict);
  }

  #decided(call: ReplayCall, tag: T, guard: Guard, verdict: Entry | Block): void {
    const { onDecision, typicalMs } = this.#options;
    if (!(verdict instanceof Entry)) {
      this.#blocked += 1;
      onDecision(tag, 'block', [verdict.ruleId]);
      return;
    }
    const wouldBlock = verdict.standing?.holds.wouldBlock ?? nothing;
    this.#passed += 1;
    if (wouldBlock.length > 0) this.#wouldBlock += 1;
    onDecision(tag, wouldBlock.length > 0 ? 'wouldBlock' : 'pass', wouldBlock);
    if (call.durationMs === undefined || call.outcome === undefined) this.#estimated += 1;
    const endMs = verdict.startMs + (call.durationMs ?? typicalMs?.(call) ?? 0);
    this.#agenda.add(endMs, { guard, entry: verdict, outcome: call.outcome ?? 'success' });
  }

  #guardOf(call: ReplayCall): Guard {
    const { instance } = call;
    const known = this.#guards.get(instance);
    if (known) return known;
    const { rules, rulesOf, seed, revision = 0, maxResources, shares } = this.#options;
    const nowMs = this.#nowMs;
    const wallOffsetMs = wallOffsetOf(this.#options.wallOffsetMs, call);
    const guard = new Guard({
      name: instance ?? 'replay',
      nowMs,
      wallOffsetMs,
      seed: typeof seed === 'number' ? seed : seed(instance),
      ...(maxResources !== undefined && { maxResources }),
    });
    guard.load(rulesOf?.(instance) ?? rules, revision, nowMs);
    for (const { rule, limit, at } of shares?.(instance) ?? []) guard.adjust(rule, limit, nowMs, at);
    this.#guards.set(instance, guard);
    return guard;
  }
}
