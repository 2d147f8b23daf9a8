import type { BreakerRule } from './breaker-rule.ts';
import type { Degrade } from './degrade.ts';
import type { FaultRule } from './fault-rule.ts';
import type { LimitRule } from './limit-rule.ts';
import type { RuleBase } from './rule-base.ts';
import type { ScriptRule } from './script-rule.ts';

export const ruleKinds = ['limit', 'breaker', 'degrade', 'system', 'access', 'fault', 'script'] as const;
export type RuleKind = (typeof ruleKinds)[number];

/** Answers by `onBlock` without calling: every call, or a share of them from 0 to 1. `effective` ends it. */
export interface DegradeRule extends RuleBase {
  readonly kind: 'degrade';
  readonly share?: number;
  readonly onBlock: Degrade;
}

export const systemSignals = ['eventLoopLagMs', 'eventLoopUtilisation', 'cpu', 'heapBytes'] as const;
/** `eventLoopUtilisation` and `cpu` are shares from 0 to 1. */
export type SystemSignal = (typeof systemSignals)[number];

/**
 * Sheds calls while a signal of the process is at `threshold` or above: all of them, or with `fullAt` a share that
 * grows from nothing at `threshold` to everything at `fullAt`.
 */
export interface SystemRule extends RuleBase {
  readonly kind: 'system';
  readonly signal: SystemSignal;
  readonly threshold: number;
  readonly fullAt?: number;
}

/**
 * Who may call. `deny` refuses who is listed; `allow` refuses everybody else, a caller that isn't known included.
 * An `ip` is an address or a range such as `10.0.0.0/8`.
 */
export type AccessRule = RuleBase & { readonly kind: 'access'; readonly effect: 'allow' | 'deny' } & (
    | { readonly by: 'origin' | 'ip'; readonly values: readonly string[] }
    | { readonly by: 'tag'; readonly tag: string; readonly values: readonly string[] }
  );

/** One protection rule, as it lies in a `rules` namespace under its id. */
export type Rule = LimitRule | BreakerRule | DegradeRule | SystemRule | AccessRule | FaultRule | ScriptRule;

/** Rules by id. */
export type Rules = Readonly<Record<string, Rule>>;
