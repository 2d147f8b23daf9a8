import { canonicalText } from '../config/canonical.ts';
import type { Json } from '../model/json.ts';
import type { LimitRule } from '../model/limit-rule.ts';
import type { ResourceMatch } from '../model/resource.ts';
import type { Rule } from '../model/rule.ts';
import type { CompiledRule } from './compile.ts';
import type { LintFinding } from './lint-finding.ts';

type Named = Pick<CompiledRule, 'id' | 'rule'>;

/** What one rule makes of another: the same twice, or one that never gets to speak. */
export function lintPairs({ id, rule }: Named, all: readonly Named[]): LintFinding[] {
  if (rule.mode === 'off') return [];
  for (const other of all) {
    if (other.id === id || other.rule.mode === 'off') continue;
    // Of two that are the same the later one is told of.
    if (isSame(rule, other.rule)) {
      if (other.id > id) continue;
      const text = { en: `says the same as ${other.id}`, zh: `与 ${other.id} 内容相同` };
      return [{ code: 'duplicate', severity: 'warning', rule: id, field: '', text, other: other.id }];
    }
    if (other.rule.mode !== 'intercept' || !hides(other.rule, rule)) continue;
    // Where each would hide the other, the one that is asked first does.
    if (rule.mode === 'intercept' && hides(rule, other.rule) && !isBefore(other, { id, rule })) continue;
    const text = {
      en: `never gets to decide anything: ${other.id} refuses every call that it would refuse`,
      zh: `永远不会生效：它会拒绝的调用都已被 ${other.id} 拒绝`,
    };
    return [{ code: 'shadowed', severity: 'warning', rule: id, field: '', text, other: other.id }];
  }
  return [];
}

const hides = (other: Rule, rule: Rule): boolean => covers(other, rule) && silences(other, rule);

const isBefore = (a: Named, b: Named): boolean =>
  (a.rule.priority ?? 0) - (b.rule.priority ?? 0) < 0 ||
  ((a.rule.priority ?? 0) === (b.rule.priority ?? 0) && a.id < b.id);

const textOf = (value: unknown): string => canonicalText((value ?? null) as Json);

function isSame(a: Rule, b: Rule): boolean {
  const shape = ({ description: _, priority: __, ...rest }: Rule): string => textOf(rest);
  return a.kind === b.kind && shape(a) === shape(b);
}

/** Whether `other` is about every call that the rule is about, at every time. */
function covers(other: Rule, rule: Rule): boolean {
  const sameWhen = other.when === undefined || textOf(other.when) === textOf(rule.when);
  const sameTime = other.effective === undefined || textOf(other.effective) === textOf(rule.effective);
  return sameWhen && sameTime && reaches(other.resource, rule.resource);
}

/** Whether every resource that `narrow` means is meant by `wide` too; false where that isn't plain. */
function reaches(wide: ResourceMatch, narrow: ResourceMatch): boolean {
  if (wide.type !== undefined && wide.type !== narrow.type) return false;
  if (wide.match === narrow.match && wide.value === narrow.value) return true;
  if (wide.match === 'glob') return wide.value === '**';
  return wide.match === 'prefix' && narrow.match !== 'glob' && narrow.value.startsWith(wide.value);
}

function silences(other: Rule, rule: Rule): boolean {
  // Degrading comes before limits and breakers; what it answers, they never see.
  if (other.kind === 'degrade' && (other.share ?? 1) >= 1)
    return (
      rule.kind === 'limit' || rule.kind === 'breaker' || rule.kind === 'system' || rule.kind === 'degrade'
    );
  if (other.kind === 'access' && rule.kind === 'access') {
    if (other.effect !== rule.effect || other.by !== rule.by) return false;
    if (other.by === 'tag' && rule.by === 'tag' && other.tag !== rule.tag) return false;
    const [few, many] = other.effect === 'deny' ? [rule, other] : [other, rule];
    return few.values.every((value) => many.values.includes(value));
  }
  return other.kind === 'limit' && rule.kind === 'limit' && isStricter(other, rule);
}

/** Whether whatever `rule` refuses `other` has refused; told only of limits that count the same in the same way. */
function isStricter(other: LimitRule, rule: LimitRule): boolean {
  const counted = ({ per, scope }: LimitRule): string =>
    textOf([per === undefined || per.by === 'instance' ? null : per, scope ?? 'instance']);
  if (counted(other) !== counted(rule)) return false;
  if (other.algorithm === 'tokenBucket' && rule.algorithm === 'tokenBucket')
    return (
      other.limit / other.intervalMs <= rule.limit / rule.intervalMs &&
      other.limit + (other.burst ?? 0) <= rule.limit + (rule.burst ?? 0)
    );
  if (other.algorithm === 'slidingWindow' && rule.algorithm === 'slidingWindow')
    return other.limit <= rule.limit && other.windowMs >= rule.windowMs;
  if (other.algorithm === 'concurrency' && rule.algorithm === 'concurrency')
    return other.max <= rule.max && (other.queue ?? 0) === 0;
  return false;
}
