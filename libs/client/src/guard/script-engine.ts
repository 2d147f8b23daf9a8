import type { CallInputs, Language, ScriptRule } from '@sluice/core';
import {
  DecideScript,
  FallbackScript,
  failureText,
  type LaunchPlace,
  type Policy,
  PolicyScript,
  type ScriptEvent,
  type ScriptFailure,
  ScriptHost,
} from '@sluice/scripts';
import type { Clock, Timer } from '../clock.ts';
import { placesOf, ScriptHosts, type ScriptPlace } from './script-hosts.ts';
import { misfitOf, PolicySettingsInForce } from './script-policies.ts';
import type { ScriptAnswer, ScriptRuling, ScriptSurroundings, ScriptTrouble } from './script-runners.ts';
import type { SwitchedOff } from './switched-off.ts';

export interface ScriptEngineOptions {
  readonly clock: Clock;
  readonly language: Language;
  /** Where Node and isolated-vm are, instead of what is found. */
  readonly place?: LaunchPlace;
}

type Script = DecideScript | FallbackScript | PolicyScript;

/** One rule whose script runs. */
interface AtWork {
  readonly rule: ScriptRule;
  /** Undefined where it was switched off before, in a host that has ended since. */
  readonly script: Script | undefined;
  readonly place: ScriptPlace;
  /** For the moments at which it begins and ceases to act. */
  readonly timers: readonly Timer[];
  /** What its last run failed of; undefined after one that didn't. */
  failure: ScriptFailure | undefined;
}

const noStats = {};
const quarantined: ScriptFailure = { code: 'quarantined', params: {} };

/** The scripts of rules in force, and the hosts that they run in. Loaded only once there is such a rule. */
export class ScriptEngine {
  readonly #around: ScriptSurroundings;
  readonly #clock: Clock;
  readonly #language: Language;
  readonly #switchedOff: SwitchedOff;
  readonly #hosts: ScriptHosts;
  readonly #policies: PolicySettingsInForce;
  readonly #atWork = new Map<string, AtWork>();

  constructor(
    around: ScriptSurroundings,
    { clock, language, place }: ScriptEngineOptions,
    switchedOff: SwitchedOff,
  ) {
    this.#around = around;
    this.#clock = clock;
    this.#language = language;
    this.#switchedOff = switchedOff;
    const onEvent = ({ type }: ScriptEvent): void => {
      if (type === 'quarantined') this.#noteSwitchedOff();
      around.troubled();
    };
    this.#hosts = new ScriptHosts(
      (options) => new ScriptHost({ ...options, clock, onEvent, ...(place && { place }) }),
    );
    this.#policies = new PolicySettingsInForce(
      (ruleId, value) => around.adjust(ruleId, value),
      (ruleId) => around.ruleOf(ruleId),
    );
  }

  /** The processes of its hosts. */
  get pids(): readonly number[] {
    return this.#hosts.pids;
  }

  /** A rule that says the same as before goes on with what it knows. */
  load(scripts: ReadonlyMap<string, ScriptRule>): void {
    const before = new Map(this.#atWork);
    const places = placesOf(scripts);
    for (const [id, rule] of scripts) {
      const known = before.get(id);
      const place = places.get(id)!;
      const isSame = known?.place === place && JSON.stringify(known.rule) === JSON.stringify(rule);
      if (isSame) before.delete(id);
      else this.#begin(id, rule, place);
    }
    for (const [id, atWork] of before) {
      if (!scripts.has(id)) this.#atWork.delete(id);
      // What it had set goes on until the answer of the new text, but not where that one sets nothing.
      if (atWork.rule.role === 'policy' && !this.#sets(scripts.get(id))) this.#policies.forget(id);
      end(atWork);
    }
    this.#hosts.keepOnly(new Set(places.values()));
    this.#policies.again();
  }

  /** Undefined when there is no such script. */
  async decide(id: string, call: CallInputs): Promise<ScriptRuling | undefined> {
    const atWork = this.#atWork.get(id);
    if (!(atWork?.script instanceof DecideScript)) return undefined;
    const stats = readsStats(atWork.rule) ? this.#around.statsOf(id) : noStats;
    const { verdict, failure } = await atWork.script.decide(call, stats);
    this.#ended(atWork, failure);
    return verdict;
  }

  async fallback(id: string, call: CallInputs, error: unknown): Promise<ScriptAnswer> {
    const atWork = this.#atWork.get(id);
    // One that only watches changes nothing for anybody.
    if (!(atWork?.script instanceof FallbackScript) || !this.#acts(atWork.rule)) return { answered: false };
    const answer = await atWork.script.fallback(call, error);
    this.#ended(atWork, answer.failure);
    return answer.answered ? { answered: true, value: answer.value } : { answered: false };
  }

  troubles(): ScriptTrouble[] {
    return [...this.#atWork].flatMap(([rule, { script, place, failure: last }]) => {
      const failure = script ? (this.#hosts.of(place).scriptsUnavailable ?? script.broken ?? last) : last;
      if (!failure) return [];
      const state =
        failure.code === 'unavailable' || failure.code === 'quarantined' ? failure.code : 'failing';
      return [{ rule, state, error: failureText(failure, this.#language) } as const];
    });
  }

  /** Ends its processes, and gives back to each rule what policies had set. */
  close(): void {
    for (const atWork of this.#atWork.values()) end(atWork);
    this.#atWork.clear();
    this.#policies.clear();
    this.#hosts.keepOnly(new Set());
  }

  #noteSwitchedOff(): void {
    for (const [id, { rule, script }] of this.#atWork)
      if (script?.broken?.code === 'quarantined') this.#switchedOff.add(id, rule);
  }

  #begin(id: string, rule: ScriptRule, place: ScriptPlace): void {
    const timers = rule.role === 'policy' ? this.#timersOf(id, rule) : [];
    if (this.#switchedOff.has(id, rule)) {
      this.#atWork.set(id, { rule, place, script: undefined, timers, failure: quarantined });
      this.#apply(id);
      return;
    }
    const script = this.#scriptOf(id, rule, this.#hosts.of(place));
    this.#atWork.set(id, { rule, place, script, timers, failure: undefined });
    if (script instanceof PolicyScript) script.start();
  }

  #scriptOf(id: string, rule: ScriptRule, host: ScriptHost): Script {
    if (rule.role === 'decide') return new DecideScript(host, id, rule);
    if (rule.role === 'fallback') return new FallbackScript(host, id, rule);
    const stats = () => this.#around.statsOf(id);
    const changed = ({ failure }: Policy): void => {
      const atWork = this.#atWork.get(id);
      if (atWork?.script !== policy) return;
      this.#ended(atWork, failure);
      this.#apply(id);
    };
    const misfit = (settings: Policy['settings']) =>
      misfitOf(id, settings, (ruleId) => this.#around.ruleOf(ruleId));
    const policy = new PolicyScript(host, id, rule, stats, changed, misfit);
    return policy;
  }

  /** A policy is asked rarely, so its times are kept without it. */
  #timersOf(id: string, { effective }: ScriptRule): Timer[] {
    return [effective?.from, effective?.until].flatMap((moment) => {
      const inMs = moment === undefined ? 0 : Date.parse(moment) - this.#clock.now();
      return inMs > 0 ? [this.#clock.after(inMs, () => this.#apply(id))] : [];
    });
  }

  #apply(id: string): void {
    const atWork = this.#atWork.get(id);
    if (atWork?.rule.role !== 'policy') return;
    const { rule, script } = atWork;
    const failed = { settings: {}, blocks: rule.onError === 'block' };
    const current = script instanceof PolicyScript ? script.current : failed;
    this.#policies.set(id, this.#acts(rule) ? current : undefined);
  }

  #ended(atWork: AtWork, failure: ScriptFailure | undefined): void {
    const isNews = atWork.failure?.code !== failure?.code;
    atWork.failure = failure;
    if (isNews) this.#around.troubled();
  }

  #sets(rule: ScriptRule | undefined): boolean {
    return rule?.role === 'policy' && this.#acts(rule);
  }

  /** Whether what a script says has an effect now. */
  #acts({ mode, effective }: ScriptRule): boolean {
    const now = this.#clock.now();
    const isEarly = effective?.from !== undefined && now < Date.parse(effective.from);
    const isLate = effective?.until !== undefined && now >= Date.parse(effective.until);
    return mode === 'intercept' && !isEarly && !isLate;
  }
}

const readsStats = ({ inputs }: ScriptRule): boolean =>
  inputs?.some((input) => input.startsWith('stat.')) ?? false;

function end({ script, timers }: AtWork): void {
  for (const timer of timers) timer.cancel();
  if (script instanceof PolicyScript) script.stop();
  else script?.release();
}
