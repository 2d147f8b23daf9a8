import type { CallInputs } from '../model/call.ts';
import type { ResourceMatch, ResourceType } from '../model/resource.ts';
import type { Rule, Rules } from '../model/rule.ts';
import { conditionOf } from './condition.ts';
import { globMatcher } from './glob.ts';
import { momentMs } from './moment.ts';

/** A rule, ready to be asked. */
export interface CompiledRule<R extends Rule = Rule> {
  readonly id: string;
  readonly rule: R;
  readonly matches: (name: string) => boolean;
  /** It is about every call at every time: neither `when` nor `effective` has to be asked. */
  readonly always: boolean;
  readonly when: ((inputs: CallInputs) => boolean) | undefined;
  /** Milliseconds since 1970. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Whether a rule is about this call at this time. */
export function applies(compiled: CompiledRule, inputs: CallInputs, wallMs: number): boolean {
  return (
    compiled.always ||
    (wallMs >= compiled.fromMs &&
      wallMs < compiled.untilMs &&
      (compiled.when === undefined || compiled.when(inputs)))
  );
}

/** All rules of an app at one revision. It is swapped as a whole and never changed. */
export interface RuleSet {
  readonly revision: number;
  /** When it came, on the clock of the calls. What it changes, it changes as of then. */
  readonly loadedMs: number;
  readonly byId: ReadonlyMap<string, CompiledRule>;
  /** Whether a rule names exactly this resource. */
  names(name: string): boolean;
  /** The rules of a resource, in the order in which those of a kind are asked. */
  rulesOf(name: string, type: ResourceType): readonly CompiledRule[];
}

/** Whether a resource of this name is meant; its type is not looked at. */
export function resourceMatcher({ match, value }: ResourceMatch): (name: string) => boolean {
  switch (match) {
    case 'exact':
      return (name) => name === value;
    case 'prefix':
      return (name) => name.startsWith(value);
    case 'glob':
      return globMatcher(value);
  }
}

/** Compiles one rule that has been checked. */
export function compileRule(id: string, rule: Rule): CompiledRule {
  const { when, effective } = rule;
  // A fault ends at its deadline, whatever else its time is.
  const deadlineMs = rule.kind === 'fault' ? momentMs(rule.deadline) : Number.POSITIVE_INFINITY;
  const untilMs = effective?.until === undefined ? Number.POSITIVE_INFINITY : momentMs(effective.until);
  return Object.freeze({
    id,
    rule,
    matches: resourceMatcher(rule.resource),
    always: when === undefined && effective === undefined && rule.kind !== 'fault',
    when: when && conditionOf(when),
    fromMs: effective?.from === undefined ? Number.NEGATIVE_INFINITY : momentMs(effective.from),
    untilMs: Math.min(untilMs, deadlineMs),
  });
}

function order(a: CompiledRule, b: CompiledRule): number {
  return (a.rule.priority ?? 0) - (b.rule.priority ?? 0) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Compiles rules that have been checked. `nowMs` is the reading at which they come into force. */
export function compileRules(rules: Rules, revision: number, nowMs: number): RuleSet {
  const all = Object.entries(rules)
    .map(([id, rule]) => compileRule(id, rule))
    .sort(order);
  const isExact = ({ rule }: CompiledRule): boolean => rule.resource.match === 'exact';
  const exact = new Map<string, CompiledRule[]>();
  for (const compiled of all.filter(isExact)) {
    const { value } = compiled.rule.resource;
    exact.set(value, [...(exact.get(value) ?? []), compiled]);
  }
  const patterned = all.filter((compiled) => !isExact(compiled));
  return Object.freeze({
    revision,
    loadedMs: nowMs,
    byId: new Map(all.map((compiled) => [compiled.id, compiled])),
    names: (name: string) => exact.has(name),
    rulesOf: (name: string, type: ResourceType) =>
      [...(exact.get(name) ?? []), ...patterned.filter(({ matches }) => matches(name))]
        .filter(({ rule }) => rule.resource.type === undefined || rule.resource.type === type)
        .sort(order),
  });
}
