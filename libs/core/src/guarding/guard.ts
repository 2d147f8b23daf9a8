import type { Drill } from '../faulting/drill.ts';
import type { FaultScope } from '../faulting/fault-scope.ts';
import type { Harm } from '../faulting/resource-faults.ts';
import type { CallInputs, Outcome } from '../model/call.ts';
import type { ResourceType } from '../model/resource.ts';
import type { Rule, Rules } from '../model/rule.ts';
import type { ScriptRule } from '../model/script-rule.ts';
import type { Block } from './block.ts';
import { type CompiledRule, compileRules } from './compile.ts';
import { decide } from './decide.ts';
import { Decisions } from './decisions.ts';
import { Entry } from './entry.ts';
import { Gate, type Standing } from './gate.ts';
import { KeyRooms } from './key-rooms.ts';
import { settle } from './outcome.ts';
import { blockByScript, type ScriptWords } from './refuse.ts';
import { ResourceState } from './resource-state.ts';
import type { Waiting } from './waiting.ts';
import {
  type BreakerEvent,
  type KillSwitch,
  otherResources,
  placeOf,
  type Readings,
  tell,
  told,
  type World,
} from './world.ts';

export interface GuardOptions {
  /** Begins every decision id; different for each start of each instance. */
  readonly name: string;
  /** The clock of the calls as it stands: monotonic milliseconds, from wherever. */
  readonly nowMs: number;
  /** Wall clock (milliseconds since 1970) minus the clock of the calls. */
  readonly wallOffsetMs: number;
  /** Of everything that is left to chance. The same seed, rules and calls give the same decisions. */
  readonly seed: number;
  /** Names of resources that get a state of their own, 2,000 when absent; those after them share one. */
  readonly maxResources?: number;
  readonly onBreaker?: (event: BreakerEvent) => void;
  /** Called once, with the first name that shares. */
  readonly onOverflow?: (resource: string) => void;
}

/** One resource of a guard. */
export interface Place {
  readonly resource: string;
  readonly type: ResourceType;
}

const defaultMaxResources = 2000;

/** Whether a value that was set for the one rule says the same of the other, which took its id. */
function countAlike(one: Rule | undefined, other: Rule | undefined): boolean {
  if (one?.kind === 'breaker' && other?.kind === 'breaker') return one.strategy === other.strategy;
  return one?.kind === other?.kind;
}

/**
 * Decides about calls, by the rules that it was last given. It is told the time with each call and has no clock, no
 * timer and no chance of its own. A reading below an earlier one counts as no time passed.
 */
export class Guard {
  readonly #world: World;
  readonly #maxResources: number;
  readonly #gates = new Map<ResourceType, Map<string, Gate>>();
  readonly #others = new Map<ResourceType, ResourceState>();
  readonly #onOverflow: ((resource: string) => void) | undefined;
  #size = 0;
  #hasOverflowed = false;

  constructor({ name, nowMs, wallOffsetMs, seed, maxResources, onBreaker, onOverflow }: GuardOptions) {
    this.#maxResources = maxResources ?? defaultMaxResources;
    this.#onOverflow = onOverflow;
    this.#world = {
      // What every call looks at comes first, near to each other.
      nowMs,
      version: 0,
      rules: compileRules({}, 0, nowMs),
      killSwitch: { monitorOnly: false, noFaults: false },
      drills: [],
      readings: {},
      wallOffsetMs,
      changedMs: nowMs,
      adjusted: new Map(),
      keyRooms: new KeyRooms(),
      waiters: new Set(),
      decisions: new Decisions(name),
      seed,
      onBreaker,
      untold: undefined,
      kept: new Entry(undefined, nowMs),
    };
  }

  /** The rules from now on; they have been checked before. What rules of the same id have counted goes on. */
  load(rules: Rules, revision: number, nowMs: number): void {
    this.#change(nowMs);
    const before = this.#world.rules;
    this.#world.rules = compileRules(rules, revision, this.#world.nowMs);
    const { adjusted, rules: set } = this.#world;
    for (const id of adjusted.keys())
      if (!countAlike(before.byId.get(id)?.rule, set.byId.get(id)?.rule)) adjusted.delete(id);
    this.#world.keyRooms.follow(set);
    for (const state of this.resources()) state.follow(set);
    this.#tellAll();
  }

  /** The gate of a resource that calls came through before under this name, if it has one of its own. */
  known(resource: string, type: ResourceType): Gate | undefined {
    return this.#gates.get(type)?.get(resource);
  }

  /** Where calls of a resource come through; the same for the same name, and worth keeping. */
  gate(resource: string, type: ResourceType): Gate {
    const known = this.known(resource, type);
    if (known) return known;
    if (this.#size >= this.#maxResources && !this.#world.rules.names(resource))
      return this.#sharedGate(resource, type);
    const gate = new Gate(resource, type, new ResourceState(resource, type, this.#world), this.#world);
    this.#gatesOf(type).set(resource, gate);
    this.#size += 1;
    return gate;
  }

  /** Asks all rules of the resource. Without `mayWait` a call that would have to wait is refused. */
  enter(gate: Gate, inputs: CallInputs, nowMs: number, mayWait = false): Entry | Waiting | Block {
    return this.at(nowMs).enterNow(gate, inputs, mayWait);
  }

  /**
   * Tells the time of what is asked next. For calls: a number that is handed to a function which the compiler doesn't
   * take in has to be allocated, and this one is short enough to be taken in.
   */
  at(nowMs: number): this {
    const world = this.#world;
    if (nowMs > world.nowMs) world.nowMs = nowMs;
    return this;
  }

  /** `enter`, at the time that was told last. */
  enterNow(gate: Gate, inputs: CallInputs, mayWait = false): Entry | Waiting | Block {
    return decide(gate, inputs, mayWait);
  }

  resume(waiting: Waiting, nowMs: number): Entry | Waiting | Block {
    return told(this.#world, waiting.resume(this.#tick(nowMs)));
  }

  cancel(waiting: Waiting, nowMs: number): void {
    waiting.cancel(this.#tick(nowMs));
  }

  /**
   * What is to go wrong with a call that goes, asked once, where its function would be called; whoever asks has to do
   * it. Undefined for most calls: only what `standing.plan.faults` is there for has to ask.
   */
  harm(entry: Entry, inputs: CallInputs, nowMs: number, scope: FaultScope): Harm | undefined {
    const atMs = this.#tick(nowMs);
    const harm = entry.standing?.plan.faults?.harm(inputs, atMs, scope);
    if (harm) entry.harmed();
    return harm;
  }

  /** Ends a call. Only the first end of a call counts; for others it answers false. */
  exit(entry: Entry, outcome: Outcome, nowMs: number): boolean {
    return this.at(nowMs).exitNow(entry, outcome) !== undefined;
  }

  /** `exit`, at the time that was told last. Answers what the call had come in under. */
  exitNow(entry: Entry, outcome: Outcome): Standing | undefined {
    return settle(entry, outcome, this.#world);
  }

  /** How the process does, for system rules. */
  read(readings: Readings): void {
    this.#world.readings = readings;
  }

  /**
   * Sets the limit of a limit rule or the threshold of a breaker rule to another value than the rule's: a leased share
   * of a cluster's limit, or what a policy computed. Undefined goes back to the rule's. What was counted stays, but of a
   * share what is left is kept. `at` one resource only, where it counts more than what was set for all.
   */
  adjust(ruleId: string, value: number | undefined, nowMs: number, at?: Place): void {
    const { adjusted, rules } = this.#world;
    const atMs = this.#tick(nowMs);
    const compiled = rules.byId.get(ruleId);
    if (!compiled) return;
    const adjustment = adjusted.get(ruleId) ?? { everywhere: undefined, at: new Map<string, number>() };
    if (at === undefined) {
      if (adjustment.everywhere === value) return;
      adjustment.everywhere = value;
    } else {
      const place = placeOf(at.type, at.resource);
      if (adjustment.at.get(place) === value) return;
      if (value === undefined) adjustment.at.delete(place);
      else adjustment.at.set(place, value);
    }
    if (adjustment.everywhere === undefined && adjustment.at.size === 0) adjusted.delete(ruleId);
    else adjusted.set(ruleId, adjustment);
    for (const state of this.resources())
      if (at === undefined || (state.name === at.resource && state.type === at.type))
        state.adjust(compiled, atMs);
    tell(this.#world);
  }

  /** Refuses a call in the name of a script rule of its plan, which is asked elsewhere. */
  refuse(gate: Gate, compiled: CompiledRule<ScriptRule>, nowMs: number, words: ScriptWords = {}): Block {
    return blockByScript(gate, compiled, this.#tick(nowMs), words);
  }

  setKillSwitch(killSwitch: KillSwitch, nowMs: number): void {
    this.#change(nowMs);
    this.#world.killSwitch = killSwitch;
    this.#tellAll();
  }

  /** The drills that run from now on, all of them. What calls do that are under way counts for those they came in under. */
  setDrills(drills: readonly Drill[], nowMs: number): void {
    this.#change(nowMs);
    this.#world.drills = drills;
  }

  /** The wall clock was set, or is known better now. */
  setWallOffset(wallOffsetMs: number, nowMs: number): void {
    this.#change(nowMs);
    this.#world.wallOffsetMs = wallOffsetMs;
    for (const state of this.resources()) state.catchUp();
    this.#tellAll();
  }

  /** The ids of the rules about a resource, whatever their mode and conditions. */
  rulesAbout(resource: string, type: ResourceType): readonly string[] {
    return this.#world.rules.rulesOf(resource, type).map(({ id }) => id);
  }

  /** The rule of this id, whatever its mode. */
  rule(id: string): Rule | undefined {
    return this.#world.rules.byId.get(id)?.rule;
  }

  get revision(): number {
    return this.#world.rules.revision;
  }

  /** The latest reading that it was told. */
  get nowMs(): number {
    return this.#world.nowMs;
  }

  /** The refusal of this id, while it is remembered. */
  explain(decisionId: string): Block | undefined {
    return this.#world.decisions.find(decisionId);
  }

  /** The state of every resource that calls came through. */
  *resources(): Generator<ResourceState> {
    for (const gates of this.#gates.values()) for (const { state } of gates.values()) yield state;
    yield* this.#others.values();
  }

  #gatesOf(type: ResourceType): Map<string, Gate> {
    let gates = this.#gates.get(type);
    if (!gates) {
      gates = new Map();
      this.#gates.set(type, gates);
    }
    return gates;
  }

  /** Has rules of its own, those that match its name, but counts together with all others of its kind. */
  #sharedGate(resource: string, type: ResourceType): Gate {
    if (!this.#hasOverflowed) {
      this.#hasOverflowed = true;
      this.#onOverflow?.(resource);
    }
    let state = this.#others.get(type);
    if (!state) {
      state = new ResourceState(otherResources, type, this.#world);
      this.#others.set(type, state);
    }
    return new Gate(resource, type, state, this.#world);
  }

  /** Calls that wait, of what changed; and whoever listens, of what breakers did because of it. */
  #tellAll(): void {
    for (const waiter of this.#world.waiters) waiter.follow();
    tell(this.#world);
  }

  #change(nowMs: number): void {
    this.#world.changedMs = this.#tick(nowMs);
    this.#world.version += 1;
  }

  #tick(nowMs: number): number {
    return this.at(nowMs).#world.nowMs;
  }
}
