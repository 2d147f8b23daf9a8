import type { CallInputs, CompiledRule, ScriptRule } from '@sluice/core';
import type { ScriptEngine, ScriptEngineOptions } from './script-engine.ts';
import {
  type MakeScriptRunners,
  type ScriptAnswer,
  type ScriptRuling,
  type ScriptRunners,
  type ScriptSurroundings,
  type ScriptTrouble,
  unaskedRuling,
} from './script-runners.ts';

/**
 * Runs the scripts of rules in a process of their own. Nothing of it is loaded and no process is started before there
 * is such a rule, and both end with the last one.
 */
export class ScriptLoader implements ScriptRunners {
  readonly #around: ScriptSurroundings;
  readonly #options: ScriptEngineOptions;
  #scripts: ReadonlyMap<string, ScriptRule> = new Map();
  #starting: Promise<ScriptEngine | undefined> | undefined;
  #engine: ScriptEngine | undefined;
  /** Why the engine itself could not be loaded. */
  #problem: string | undefined;
  #isClosed = false;

  constructor(around: ScriptSurroundings, options: ScriptEngineOptions) {
    this.#around = around;
    this.#options = options;
  }

  /** The processes in which scripts run. */
  get pids(): readonly number[] {
    return this.#engine?.pids ?? [];
  }

  load(scripts: ReadonlyMap<string, ScriptRule>): void {
    if (this.#isClosed) return;
    this.#scripts = scripts;
    if (scripts.size === 0) this.#stop();
    else if (this.#engine) this.#engine.load(scripts);
    else this.#starting ??= this.#start();
  }

  async decide(script: CompiledRule<ScriptRule>, call: CallInputs, beside?: 'beside'): Promise<ScriptRuling> {
    const engine = this.#engine ?? (beside ? undefined : await this.#starting);
    return (await engine?.decide(script.id, call)) ?? unaskedRuling(script);
  }

  async fallback(ruleId: string, call: CallInputs, error: unknown): Promise<ScriptAnswer> {
    const engine = this.#engine ?? (await this.#starting);
    return engine ? engine.fallback(ruleId, call, error) : { answered: false };
  }

  troubles(): readonly ScriptTrouble[] {
    const error = this.#problem;
    if (error === undefined) return this.#engine?.troubles() ?? [];
    return [...this.#scripts.keys()].map((rule) => ({ rule, state: 'unavailable', error }));
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
  }

  #start(): Promise<ScriptEngine | undefined> {
    const starting: Promise<ScriptEngine | undefined> = import('./script-engine.ts')
      .then(({ ScriptEngine }) => {
        if (this.#starting !== starting) return undefined; // stopped meanwhile
        const engine = new ScriptEngine(this.#around, this.#options);
        engine.load(this.#scripts);
        this.#engine = engine;
        return engine;
      })
      .catch((error: unknown) => {
        this.#problem = error instanceof Error ? error.message : String(error);
        return undefined;
      });
    return starting;
  }

  #stop(): void {
    this.#starting = undefined;
    this.#engine?.close();
    this.#engine = undefined;
  }
}

/** What makes the scripts of one client run, by its clock and in its language. */
export const scriptLoader =
  (options: ScriptEngineOptions): MakeScriptRunners =>
  (around) =>
    new ScriptLoader(around, options);
