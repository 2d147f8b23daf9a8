import type { CallInputs, CompiledRule, Json, Rule, ScriptRule } from '@sluice/core';
import type { Report } from '@sluice/protocol/client';

/** What a `decide` script says of a call. */
export type ScriptRuling =
  | { readonly pass: true }
  | { readonly pass: false; readonly reason?: string; readonly retryAfterMs?: number };

/** What a `fallback` script computed, if it did. */
export type ScriptAnswer = { readonly answered: true; readonly value: Json } | { readonly answered: false };

/** Figures of a resource, by their names after `stat.` in the inputs of a script. */
export type ScriptStats = Readonly<Record<string, number>>;

/** A script that doesn't do its work here, as a report tells it. */
export type ScriptTrouble = Report['scripts'][number];

/** What runs the scripts of rules. Whatever a script does, none of this throws, rejects or blocks. */
export interface ScriptRunners {
  /** The rules in force from now on, by `namespace/key`, those that only watch included. */
  load(scripts: ReadonlyMap<string, ScriptRule>): void;
  /**
   * Rules on a call; without an answer of the script, the rule's `onError` does. Of a call that goes on `beside`, the
   * inputs are read at once or not at all.
   */
  decide(script: CompiledRule<ScriptRule>, call: CallInputs, beside?: 'beside'): Promise<ScriptRuling>;
  /** Computes an answer in place of a call that was refused or failed with `error`. */
  fallback(ruleId: string, call: CallInputs, error: unknown): Promise<ScriptAnswer>;
  troubles(): readonly ScriptTrouble[];
  close(): void;
}

/** What runners may ask and set. */
export interface ScriptSurroundings {
  /** What the calls of the resources that a rule is about came to in the last full second. */
  statsOf(ruleId: string): ScriptStats;
  /** The rule in force of this id, which a policy may set something for. */
  ruleOf(ruleId: string): Rule | undefined;
  /** A policy's limit or threshold for a rule; undefined goes back to the rule's own. */
  adjust(ruleId: string, value: number | undefined): void;
  /** What `troubles` answers may be something else now. */
  troubled(): void;
}

export type MakeScriptRunners = (around: ScriptSurroundings) => ScriptRunners;

/** What a script rule says of a call that its script was not asked about. */
export const unaskedRuling = ({ rule }: CompiledRule<ScriptRule>): ScriptRuling => ({
  pass: rule.onError !== 'block',
});

/** Where nothing runs scripts: `onError` rules on every call, and the report says that they are unavailable. */
export class NoScriptRunners implements ScriptRunners {
  #ids: readonly string[] = [];

  load(scripts: ReadonlyMap<string, ScriptRule>): void {
    this.#ids = [...scripts.keys()];
  }

  decide(script: CompiledRule<ScriptRule>): Promise<ScriptRuling> {
    return Promise.resolve(unaskedRuling(script));
  }

  fallback(): Promise<ScriptAnswer> {
    return Promise.resolve({ answered: false });
  }

  troubles(): readonly ScriptTrouble[] {
    const error = 'Nothing in this process runs scripts; the onError of the rule applies.';
    return this.#ids.map((rule) => ({ rule, state: 'unavailable', error }));
  }

  close(): void {
    this.#ids = [];
  }
}
