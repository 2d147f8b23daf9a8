import type { CallInputs, Language, ScriptRule } from '@sluice/core';
import {
  DecideScript,
  FallbackScript,
  failureText,
  type LaunchPlace,
  PolicyScript,
  type ScriptFailure,
  ScriptHost,
} from '@sluice/scripts';
import type { Clock } from '../clock.ts';
import { PolicySettingsInForce } from './script-policies.ts';
import type { ScriptAnswer, ScriptRuling, ScriptSurroundings, ScriptTrouble } from './script-runners.ts';

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
  readonly script: Script;
  /** What its last run failed of; undefined after one that didn't. */
  failure: ScriptFailure | undefined;
}

const noStats = {};

/** The scripts of rules in force, and the host that they run in. Loaded only once there is such a rule. */
export class ScriptEngine {
  readonly #around: ScriptSurroundings;
  readonly #clock: Clock;
  readonly #language: Language;
  readonly #host: ScriptHost;
  readonly #policies: PolicySettingsInForce;
  readonly #atWork = new Map<string, AtWork>();

  constructor(around: ScriptSurroundings, { clock, language, place }: ScriptEngineOptions) {
    this.#around = around;
    this.#clock = clock;
    this.#language = language;
    this.#host = new ScriptHost({ clock, ...(place && { place }) });
    this.#policies = new PolicySettingsInForce((ruleId, value) => around.adjust(ruleId, value));
  }

  /** The processes of the host. */
  get pids(): readonly number[] {
    return this.#host.pids;
  }

  /** A rule that says the same as before goes on with what it knows. */
  load(scripts: ReadonlyMap<string, ScriptRule>): void {
    const before = new Map(this.#atWork);
    for (const [id, rule] of scripts) {
      const known = before.get(id);
      if (known && JSON.stringify(known.rule) === JSON.stringify(rule)) before.delete(id);
      else this.#atWork.set(id, { rule, script: this.#begin(id, rule), failure: undefined });
    }
    for (const [id, { rule, script }] of before) {
      if (!scripts.has(id)) this.#atWork.delete(id);
      if (rule.role === 'policy' && scripts.get(id)?.role !== 'policy') this.#policies.forget(id);
      end(script);
    }
    this.#policies.again();
  }

  /** Undefined when there is no such script. */
  async decide(id: string, call: CallInputs): Promise<ScriptRuling | undefined> {
    const atWork = this.#atWork.get(id);
    if (!(atWork?.script instanceof DecideScript)) return undefined;
    const stats = readsStats(atWork.rule) ? this.#around.statsOf(id) : noStats;
    const { verdict, failure } = await atWork.script.decide(call, stats);
    atWork.failure = failure;
    return verdict;
  }

  async fallback(id: string, call: CallInputs, error: unknown): Promise<ScriptAnswer> {
    const atWork = this.#atWork.get(id);
    // One that only watches changes nothing for anybody.
    if (!(atWork?.script instanceof FallbackScript) || !this.#acts(atWork.rule)) return { answered: false };
    const answer = await atWork.script.fallback(call, error);
    atWork.failure = answer.failure;
    return answer.answered ? { answered: true, value: answer.value } : { answered: false };
  }

  troubles(): ScriptTrouble[] {
    const unavailable = this.#host.scriptsUnavailable;
    return [...this.#atWork].flatMap(([rule, { script, failure: last }]) => {
      const failure = unavailable ?? script.broken ?? last;
      if (!failure) return [];
      const state =
        failure.code === 'unavailable' || failure.code === 'quarantined' ? failure.code : 'failing';
      return [{ rule, state, error: failureText(failure, this.#language) } as const];
    });
  }

  /** Ends its processes, and gives back to each rule what policies had set. */
  close(): void {
    for (const { script } of this.#atWork.values()) end(script);
    this.#atWork.clear();
    this.#policies.clear();
    this.#host.close();
  }

  #begin(id: string, rule: ScriptRule): Script {
    if (rule.role === 'decide') return new DecideScript(this.#host, id, rule);
    if (rule.role === 'fallback') return new FallbackScript(this.#host, id, rule);
    const policy = new PolicyScript(
      this.#host,
      id,
      rule,
      () => this.#around.statsOf(id),
      (now) => {
        const atWork = this.#atWork.get(id);
        if (atWork?.script !== policy) return;
        atWork.failure = now.failure;
        this.#policies.set(id, this.#acts(rule) ? now : undefined);
      },
    );
    policy.start();
    return policy;
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

function end(script: Script): void {
  if (script instanceof PolicyScript) script.stop();
  else script.release();
}
