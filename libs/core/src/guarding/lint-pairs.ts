import { canonicalText } from '../config/canonical.ts';
import type { Json } from '../model/json.ts';
import type { LimitRule } from '../model/limit-rule.ts';
import type { ResourceMatch } from '../model/resource.ts';
import type { Rule } from '../model/rule.ts';
import type { CompiledRule } from './compile.ts';
import type { LintFinding } from './lint-finding.ts';

type Named = Pick<CompiledRule, 'id' | 'rule'>;

/** A rule beside what is compared of it: made once, for each is compared with thousands of others. */
interface Read {
  readonly id: string;
  readonly rule: Rule;
  /** What it says, whatever it is described as and whenever it is asked. */
  readonly said: string;
  /** Absent: it is about every call. */
  readonly when: string | undefined;
  /** Absent: it is so at every time. */
  readonly time: string | undefined;
  /** Of a limit, what it counts together. */
  readonly counted: string;
}

/** Says of each rule what the others make of it: the same twice, or one that never gets to speak. */
export function pairLinter(all: readonly Named[]): (rule: Named) => LintFinding[] {
  const inForce = all.filter(({ rule }) => rule.mode !== 'off').map(read);
  const byId = new Map(inForce.map((each) => [each.id, each]));
  const byName = new Map<string, Read[]>();
  const patterned: Read[] = [];
  for (const each of inForce) {
    const { match, value } = each.rule.resource;
    if (match !== 'exact') patterned.push(each);
    else if (!byName.get(value)?.push(each)) byName.set(value, [each]);
  }
  return ({ id }) => {
    const rule = byId.get(id);
    if (rule === undefined) return [];
    const { match, value } = rule.rule.resource;
    // Nothing else reaches all that it is about.
    const others = match === 'exact' ? [...byName.get(value)!, ...patterned] : patterned;
    return lintAgainst(rule, others);
  };
}

function lintAgainst(rule: Read, others: readonly Read[]): LintFinding[] {
  const { id } = rule;
  for (const other of others) {
    if (other.id === id) continue;
    // Of two that are the same the later one is told of.
    if (other.said === rule.said) {
      if (other.id > id) continue;
      const text = { en: `says the same as ${other.id}`, zh: `与 ${other.id} 内容相同` };
      return [{ code: 'duplicate', severity: 'warning', rule: id, field: '', text, other: other.id }];
    }
    if (other.rule.mode !== 'intercept' || !hides(other, rule)) continue;
    // Where each would hide the other, the one that is asked first does.
    if (rule.rule.mode === 'intercept' && hides(rule, other) && !isBefore(other, rule)) continue;
    const text = {
      en: `never gets to decide anything: ${other.id} refuses every call that it would refuse`,
      zh: `永远不会生效：它会拒绝的调用都已被 ${other.id} 拒绝`,
    };
    return [{ code: 'shadowed', severity: 'warning', rule: id, field: '', text, other: other.id }];
  }
  return [];
}

function read({ id, rule }: Named): Read {
  const { description: _, priority: __, ...said } = rule;
  return {
    id,
    rule,
    said: textOf(said),
    when: rule.when && textOf(rule.when),
    time: rule.effective && textOf(rule.effective),
    counted: rule.kind === 'limit' ? countedBy(rule) : '',
  };
}

const hides = (other: Read, rule: Read): boolean => covers(other, rule) && silences(other, rule);

const isBefore = (a: Named, b: Named): boolean =>
  (a.rule.priority ?? 0) - (b.rule.priority ?? 0) < 0 ||
  ((a.rule.priority ?? 0) === (b.rule.priority ?? 0) && a.id < b.id);

const textOf = (value: unknown): string => canonicalText(value as Json);

const countedBy = ({ per, scope }: LimitRule): string =>
  textOf([per === undefined || per.by === 'instance' ? null : per, scope ?? 'instance']);

/** Whether `other` is about every call that the rule is about, at every time. */
function covers(other: Read, rule: Read): boolean {
  const sameWhen = other.when === undefined || other.when === rule.when;
  const sameTime = other.time === undefined || other.time === rule.time;
  return sameWhen && sameTime && reaches(other.rule.resource, rule.rule.resource);
}

/** Whether every resource that `narrow` means is meant by `wide` too; false where that isn't plain. */
function reaches(wide: ResourceMatch, narrow: ResourceMatch): boolean {
  if (wide.type !== undefined && wide.type !== narrow.type) return false;
  if (wide.match === narrow.match && wide.value === narrow.value) return true;
  if (wide.match === 'glob') return wide.value === '**';
  return wide.match === 'prefix' && narrow.match !== 'glob' && narrow.value.startsWith(wide.value);
}

function silences({ rule: other, counted }: Read, { rule, counted: countedToo }: Read): boolean {
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
  return other.kind === 'limit' && rule.kind === 'limit' && counted === countedToo && isStricter(other, rule);
}

/** Whether whatever `rule` refuses `other` has refused; told only of limits that count the same in the same way. */
function isStricter(other: LimitRule, rule: LimitRule): boolean {
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
