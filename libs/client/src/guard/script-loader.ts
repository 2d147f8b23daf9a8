import {
  type CallInputs,
  type CompiledRule,
  defaultScriptTimeoutMs,
  type ScriptRule,
  scriptGraceMs,
} from '@sluice/core';
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
import { SwitchedOff } from './switched-off.ts';

/** What of an engine is used here. */
export type Engine = Pick<ScriptEngine, 'pids' | 'load' | 'decide' | 'fallback' | 'troubles' | 'close'>;
export type LoadEngine = () => Promise<{
  readonly ScriptEngine: new (
    ...given: readonly [around: ScriptSurroundings, options: ScriptEngineOptions, switchedOff: SwitchedOff]
  ) => Engine;
}>;

const loadEngine: LoadEngine = () => import('./script-engine.ts');

/**
 * Runs the scripts of rules in a process of their own. Nothing of it is loaded and no process is started before there
 * is such a rule, and both end with the last one.
 */
export class ScriptLoader implements ScriptRunners {
  readonly #around: ScriptSurroundings;
  readonly #options: ScriptEngineOptions;
  readonly #load: LoadEngine;
  readonly #switchedOff = new SwitchedOff();
  #scripts: ReadonlyMap<string, ScriptRule> = new Map();
  #starting: Promise<Engine | undefined> | undefined;
  #engine: Engine | undefined;
  /** Why the engine itself could not be loaded. */
  #problem: string | undefined;
  #isClosed = false;

  constructor(around: ScriptSurroundings, options: ScriptEngineOptions, load: LoadEngine = loadEngine) {
    this.#around = around;
    this.#options = options;
    this.#load = load;
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
    const ask = (engine: Engine) => engine.decide(script.id, call);
    if (this.#engine) return (await ask(this.#engine)) ?? unaskedRuling(script);
    return (!beside && (await this.#whenStarted(script.rule, ask))) || unaskedRuling(script);
  }

  async fallback(ruleId: string, call: CallInputs, error: unknown): Promise<ScriptAnswer> {
    const ask = (engine: Engine) => engine.fallback(ruleId, call, error);
    if (this.#engine) return ask(this.#engine);
    return (await this.#whenStarted(this.#scripts.get(ruleId), ask)) ?? { answered: false };
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

  /** The time of a script counts from when its call came, also while nothing of it is loaded. Undefined: it is over. */
  #whenStarted<T>(
    rule: ScriptRule | undefined,
    ask: (engine: Engine) => Promise<T>,
  ): Promise<T | undefined> | undefined {
    const starting = this.#starting;
    if (!starting) return undefined;
    return new Promise((resolve) => {
      let isOver = false;
      const end = (answer?: T): void => {
        isOver = true;
        timer.cancel();
        resolve(answer);
      };
      const inMs = (rule?.timeoutMs ?? defaultScriptTimeoutMs) + scriptGraceMs;
      const timer = this.#options.clock.after(inMs, end, 'held');
      void starting.then((engine) => (engine && !isOver ? ask(engine) : undefined)).then(end, () => end());
    });
  }

  #start(): Promise<Engine | undefined> {
    const starting: Promise<Engine | undefined> = this.#load()
      .then(({ ScriptEngine }) => {
        if (this.#starting !== starting) return undefined; // stopped meanwhile
        const engine = new ScriptEngine(this.#around, this.#options, this.#switchedOff);
        engine.load(this.#scripts);
        this.#engine = engine;
        this.#tell(undefined);
        return engine;
      })
      .catch((error: unknown) => {
        if (this.#starting !== starting) return undefined;
        // With the next rules it is tried again.
        this.#starting = undefined;
        this.#tell(error instanceof Error ? error.message : String(error));
        return undefined;
      });
    return starting;
  }

  #tell(problem: string | undefined): void {
    if (this.#problem === problem) return;
    this.#problem = problem;
    this.#around.troubled();
  }

  #stop(): void {
    this.#starting = undefined;
    this.#problem = undefined;
    this.#engine?.close();
    this.#engine = undefined;
  }
}

/** What makes the scripts of one client run, by its clock and in its language. */
export const scriptLoader =
  (options: ScriptEngineOptions): MakeScriptRunners =>
  (around) =>
    new ScriptLoader(around, options);
