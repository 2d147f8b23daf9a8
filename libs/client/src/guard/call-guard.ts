import { randomBytes } from 'node:crypto';
import {
  applies,
  type Block,
  type BreakerEvent,
  type CallInputs,
  type CompiledRule,
  Entry,
  type Gate,
  Guard,
  type Language,
  type Outcome,
  type Plan,
  type ResourceType,
  type Rules,
  type ScriptRule,
  type Waiting,
} from '@sluice/core';
import type { Clock } from '../clock.ts';
import type { Notices } from '../notices/notices.ts';
import { reasonOf } from '../notices/reasons.ts';
import type { Recorder } from '../report/recorder.ts';
import { Answers } from './answers.ts';
import { type BlockedError, blockedError } from './blocked-error.ts';
import type { CallFacts } from './call-options.ts';
import { Context } from './context.ts';
import { HeldCalls } from './faults/held-calls.ts';
import { Injector } from './faults/injector.ts';
import { scriptsOf } from './rule-set.ts';
import type { RulingListener } from './ruling-listener.ts';
import { NoScriptRunners, type ScriptRunners, unaskedRuling } from './script-runners.ts';
import { Standstill } from './standstill.ts';
import { waitFor } from './wait-for.ts';

export interface CallGuardOptions {
  readonly clock: Clock;
  readonly notices: Notices;
  /** Whether nested calls inherit what is known of the request. */
  readonly context: boolean;
  /** Keeps some of the calls. */
  readonly recorder?: Recorder;
  /** Called when faults hold back as many calls as they may. */
  readonly overloaded?: () => void;
  /** Called when other rules are in force. */
  readonly loaded?: (rules: Rules) => void;
}

/** What hears of calls, for reports. */
export interface CallWatcher {
  /** A call came after a time without any. */
  awake(): void;
  breaker(event: BreakerEvent): void;
}

/** Of calls that nothing looks at. */
export const noInputs: CallInputs = Object.freeze({});
const longestName = 256;
/** A clock that is so far off is set right. */
const noticedMs = 100;

/** The guard of one client: core's, with a clock, with what is known of the request, and with waiting. */
export class CallGuard {
  // What every call looks at comes first, near to each other.
  readonly clock: Clock;
  readonly core: Guard;
  readonly context: Context;
  readonly #recorder: Recorder | undefined;
  /** Undefined as long as nobody listens: then calls pay nothing for it. */
  listener: RulingListener | undefined;
  /** Nobody has asked since the watcher last went to sleep. */
  isAsleep = true;
  readonly language: Language;
  readonly answers: Answers;
  readonly held: HeldCalls;
  readonly injector: Injector;
  readonly standstill = new Standstill();
  scripts: ScriptRunners = new NoScriptRunners();
  watcher: CallWatcher | undefined;
  /** Of everything that is left to chance. */
  readonly seed = randomBytes(4).readInt32LE();
  readonly #notices: Notices;
  readonly #loaded: ((rules: Rules) => void) | undefined;
  #wallOffsetMs: number;

  constructor({ clock, notices, context, recorder, overloaded, loaded }: CallGuardOptions) {
    this.clock = clock;
    this.language = notices.language;
    this.#notices = notices;
    this.#recorder = recorder;
    this.#loaded = loaded;
    this.context = new Context(context);
    this.answers = new Answers(
      notices,
      () => this.scripts,
      () => clock.monotonic(),
      this.context,
    );
    this.#wallOffsetMs = clock.now() - clock.monotonic();
    this.core = new Guard({
      name: randomBytes(5).toString('hex'),
      nowMs: clock.monotonic(),
      wallOffsetMs: this.#wallOffsetMs,
      seed: this.seed,
      onBreaker: (event) => this.watcher?.breaker(event),
      onOverflow: (resource) => notices.warn('too_many_resources', { resource }),
    });
    this.held = new HeldCalls(clock, () => overloaded?.());
    const { core, held, language } = this;
    const listener = (): RulingListener | undefined => this.listener;
    this.injector = new Injector({ clock, language, core, context: this.context, held, listener });
  }

  /** The rules from now on; they have been checked. What rules of the same id have counted goes on. */
  load(rules: Rules, revision: number): void {
    this.keepTime();
    this.core.load(rules, revision, this.clock.monotonic());
    this.scripts.load(scriptsOf(rules));
    this.#loaded?.(rules);
  }

  /** Where calls of a resource come through. Throws a TypeError for what is no name. */
  gate(resource: string, type: ResourceType): Gate {
    // A name that is known is one.
    const known = this.core.known(resource, type);
    if (known !== undefined) return known;
    if (typeof resource !== 'string' || resource === '')
      throw new TypeError(`a resource needs a name, such as "GET /books/:id"; got ${typeof resource}`);
    return this.core.gate(nameOf(resource), type);
  }

  /** What the rules of a gate may look at. Nothing is read of a call while no rule looks at anything. */
  inputsOf(gate: Gate, args: readonly unknown[] | undefined, facts?: CallFacts): CallInputs {
    if (!gate.standing.plan.readsInputs) return noInputs;
    const context = this.context.current;
    // As they are: they may be worked out only when they are read.
    if (context === undefined && args === undefined && facts !== undefined) return facts;
    return { ...context, ...given(facts, context?.tags), ...(args && { args }) };
  }

  /** The same, with what the app reads from the arguments. */
  inputsBy(read: (...args: unknown[]) => CallFacts, gate: Gate, args: readonly unknown[]): CallInputs {
    if (!gate.standing.plan.readsInputs) return noInputs;
    let facts: CallFacts | undefined;
    try {
      facts = read(...args);
    } catch (error) {
      this.inputsFailed(gate, error);
    }
    return this.inputsOf(gate, args, facts);
  }

  /** What the app would have told of a call can't be had: the call goes on without. */
  inputsFailed({ resource }: Gate, error: unknown): void {
    this.#notices.warn('inputs_failed', { resource, reason: reasonOf(error) }, resource);
  }

  ask(gate: Gate, inputs: CallInputs, mayWait: boolean): Entry | Waiting | Block {
    if (this.isAsleep) this.stir();
    const answer = this.core.at(this.clock.monotonic()).enterNow(gate, inputs, mayWait);
    if (this.#recorder?.wants()) this.#recorder.asked(gate, inputs, answer, this.core.nowMs, mayWait);
    return answer;
  }

  /** Asks for a call that takes no promise: its scripts can't be asked, so what they say without being asked counts. */
  askNow(gate: Gate, inputs: CallInputs): Entry | Block {
    const { plan } = gate.standing;
    if (plan.scripts.length > 0)
      for (const script of this.#deciding(plan.scripts, inputs))
        if (!unaskedRuling(script).pass) return this.#refuse(gate, script, inputs, false);
    return this.ask(gate, inputs, false) as Entry | Block;
  }

  /**
   * Of a call that scripts are asked about: whether any has to rule before it goes, by `askLater`. Those that only watch
   * are asked now, for the caller may change what they look at.
   */
  asksFirst(gate: Gate, inputs: CallInputs): boolean {
    const { scripts, watchingScripts } = gate.standing.plan;
    if (watchingScripts.length > 0) this.#watchScripts(gate, watchingScripts, inputs);
    return scripts.length > 0 && this.#ruling(gate, inputs, () => true) !== undefined;
  }

  /** Asks for a call that may wait: for its scripts, its slot, and a permit. Rejects when the signal is aborted. */
  async askLater(gate: Gate, inputs: CallInputs, signal?: AbortSignal): Promise<Entry | Block> {
    signal?.throwIfAborted();
    if (gate.standing.plan.scripts.length > 0) {
      const block = await this.#askScripts(gate, inputs, signal);
      if (block) return block;
    }
    const answer = this.ask(gate, inputs, true);
    if (answer.verdict !== 'wait') return answer as Entry | Block;
    return waitFor(this, answer as Waiting, signal);
  }

  /** The error of a refusal, and whoever listens is told. To be made where the caller's own code goes on. */
  refusal(block: Block): BlockedError {
    const error = blockedError(block, this.language);
    this.listener?.blocked(error);
    return error;
  }

  /** The call goes on: whoever listens is told what would have blocked it. */
  went({ standing }: Entry): void {
    const { listener } = this;
    if (!listener || !standing || standing.holds.wouldBlock.length === 0) return;
    const { resource, type } = standing.gate;
    listener.wouldBlock({ resource, type, rules: standing.holds.wouldBlock });
  }

  /** The wall clock may have been set, or the machine have slept: what ends at a time of day ends at the right one. */
  keepTime(): void {
    const nowMs = this.clock.monotonic();
    const offsetMs = this.clock.now() - nowMs;
    if (Math.abs(offsetMs - this.#wallOffsetMs) < noticedMs) return;
    this.#wallOffsetMs = offsetMs;
    this.core.setWallOffset(offsetMs, nowMs);
  }

  /** There is something to tell, after a time without. */
  stir(): void {
    this.keepTime();
    if (!this.isAsleep || !this.watcher) return;
    this.isAsleep = false;
    this.watcher.awake();
  }

  /** The refusal of this id while it is remembered, its time on the wall clock. */
  explain(decisionId: string): Block | undefined {
    const block = this.core.explain(decisionId);
    return block && { ...block, atMs: Math.round(block.atMs + this.#wallOffsetMs) };
  }

  /** The ids of all rules about a resource, whatever their mode. */
  rulesAbout(resource: string, type: ResourceType): readonly string[] {
    return this.core.rulesAbout(resource, type);
  }

  resume(waiting: Waiting): Entry | Waiting | Block {
    const next = this.core.resume(waiting, this.clock.monotonic());
    if (next.verdict !== 'wait') this.#recorder?.resumed(waiting, next as Entry | Block);
    return next;
  }

  cancel(waiting: Waiting): void {
    if (this.isAsleep) this.stir();
    this.core.cancel(waiting, this.clock.monotonic());
    this.#recorder?.cancelled(waiting);
  }

  /** Ends a call; only the first end counts. */
  end(entry: Entry, outcome: Outcome): void {
    if (this.isAsleep) this.stir();
    const ended = this.core.at(this.clock.monotonic()).exitNow(entry, outcome);
    if (ended?.isRecorded === true) this.#recorder?.ended(entry, outcome, this.core);
  }

  /**
   * Asks the scripts that rule on a call, one after the other. It is not in yet, so it comes under what is in force when
   * they answer: none refuses it whose rule is gone by then, or only watches.
   */
  async #askScripts(gate: Gate, inputs: CallInputs, signal?: AbortSignal): Promise<Block | undefined> {
    const passed = new Map<string, string>();
    for (;;) {
      const script = this.#ruling(gate, inputs, ({ id, rule }) => passed.get(id) !== rule.source);
      if (!script) return undefined;
      const ruling = await this.scripts.decide(script, inputs);
      signal?.throwIfAborted();
      const { id, rule } = script;
      if (!ruling.pass) {
        const now = this.#ruling(gate, inputs, (each) => each.id === id && each.rule.source === rule.source);
        if (now) return this.#refuse(gate, now, inputs, true, ruling);
      }
      passed.set(id, rule.source);
    }
  }

  /** The first script in force that rules on this call and is such a one. */
  #ruling(
    { standing }: Gate,
    inputs: CallInputs,
    isSuch: (script: CompiledRule<ScriptRule>) => boolean,
  ): CompiledRule<ScriptRule> | undefined {
    const wallMs = this.clock.now();
    return standing.plan.scripts.find(
      (script) => script.rule.role === 'decide' && isSuch(script) && applies(script, inputs, wallMs),
    );
  }

  #refuse(
    gate: Gate,
    script: CompiledRule<ScriptRule>,
    inputs: CallInputs,
    mayWait: boolean,
    words?: Pick<Block, 'retryAfterMs' | 'reason'>,
  ): Block {
    if (this.isAsleep) this.stir();
    const nowMs = this.clock.monotonic();
    const block = this.core.refuse(gate, script, nowMs, words);
    if (this.#recorder?.wants()) this.#recorder.asked(gate, inputs, block, nowMs, mayWait);
    return block;
  }

  /** Scripts that only watch are asked beside the call, which doesn't wait for them. */
  #watchScripts(gate: Gate, scripts: Plan['watchingScripts'], inputs: CallInputs): void {
    for (const script of this.#deciding(scripts, inputs))
      void this.scripts
        .decide(script, inputs, 'beside')
        .then((ruling) => {
          if (ruling.pass) return;
          gate.state.counters.watched([script.id]);
          this.listener?.wouldBlock({ resource: gate.resource, type: gate.type, rules: [script.id] });
        })
        // The call has gone on: nobody is there who could be told what a listener throws.
        .catch(() => undefined);
  }

  #deciding(scripts: readonly CompiledRule<ScriptRule>[], inputs: CallInputs): CompiledRule<ScriptRule>[] {
    const wallMs = this.clock.now();
    return scripts.filter((script) => script.rule.role === 'decide' && applies(script, inputs, wallMs));
  }
}

const factFields = ['origin', 'user', 'ip', 'headers', 'query', 'tags'] as const;

/** What is there, also of facts that are worked out when they are read; tags are added to these. What throws is absent. */
function given(facts: CallFacts | undefined, tags: CallFacts['tags']): CallFacts {
  const found: Record<string, unknown> = {};
  if (facts)
    for (const field of factFields)
      try {
        const value = facts[field];
        if (value !== undefined) found[field] = field === 'tags' ? { ...tags, ...facts.tags } : value;
      } catch {
        // As if the app hadn't told it.
      }
  return found;
}

/** The name as it can be told and stored: whole characters, and not without end. */
function nameOf(resource: string): string {
  const isShort = resource.length <= longestName;
  if (isShort && resource.isWellFormed() && !resource.includes('\0')) return resource;
  return resource.slice(0, longestName).toWellFormed().replaceAll('\0', '\uFFFD');
}
