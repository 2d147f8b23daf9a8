import type { ErrorText } from '../errors/error-code.ts';
import type { Condition } from '../model/condition.ts';
import type { ResourceType } from '../model/resource.ts';
import type { Rule, Rules } from '../model/rule.ts';
import { limitOf } from './cluster-shares.ts';
import { type CompiledRule, compileRules } from './compile.ts';
import { atOnce, type InSteps } from './in-steps.ts';
import { isIpRange } from './ip-range.ts';
import type { LintFinding } from './lint-finding.ts';
import { lintNumbers } from './lint-numbers.ts';
import { pairLinter } from './lint-pairs.ts';
import { momentMs } from './moment.ts';

export interface LintContext {
  /** Milliseconds since 1970: what has ended by then never fires. */
  readonly nowMs: number;
  /** Resources that calls came through. Absent or empty: nobody knows, and nothing is said of names. */
  readonly resources?: readonly { readonly name: string; readonly type: ResourceType }[];
  /** Instances that are there. Absent: nobody knows, and nothing is said of how a limit is divided among them. */
  readonly instances?: number;
}

/** Everything that is likely wrong with rules that have been checked, in the order of their ids. */
export function lintRules(rules: Rules, context: LintContext): LintFinding[] {
  return atOnce(lintSteps(rules, context));
}

/** The same in short steps, for whoever has others to serve. */
export function* lintSteps(
  rules: Rules,
  { nowMs, resources = [], instances }: LintContext,
): InSteps<LintFinding[]> {
  const compiled = [...compileRules(rules, 0, 0).byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const lintPair = pairLinter(compiled);
  const nearest = nearestOf(resources.map(({ name }) => name));
  const found: LintFinding[] = [];
  for (const each of compiled) {
    found.push(
      ...lintNumbers(each.id, each.rule),
      ...(yield* ofNames(each, resources, nearest)),
      ...ofTime(each, nowMs),
      ...ofCondition(each.id, each.rule),
      ...ofAddresses(each.id, each.rule),
      ...ofScript(each.id, each.rule, rules),
      ...ofSharing(each.id, each.rule, instances),
      ...ofSharedKeys(each.id, each.rule),
      ...lintPair(each),
    );
    yield undefined;
  }
  return found;
}

/** Names that are looked at from one yield to the next: a glob of many stars takes its time for each. */
const stride = 16;

function* ofNames(
  { id, rule, matches }: CompiledRule,
  resources: NonNullable<LintContext['resources']>,
  nearest: (value: string) => string | undefined,
): InSteps<LintFinding[]> {
  if (resources.length === 0) return [];
  const named: (typeof resources)[number][] = [];
  for (const [n, each] of resources.entries()) {
    if (matches(each.name)) named.push(each);
    if (n % stride === 0) yield undefined;
  }
  const { type, value } = rule.resource;
  if (named.some((each) => type === undefined || each.type === type)) return [];
  const finding = { code: 'noResource', severity: 'warning', rule: id } as const;
  if (named.length > 0) {
    const types = [...new Set(named.map((each) => each.type))].join(', ');
    const text = {
      en: `no call of type ${type} has come through it; there are calls of type ${types}`,
      zh: `没有类型为 ${type} 的调用经过它；有类型为 ${types} 的调用`,
    };
    return [{ ...finding, field: 'resource.type', text }];
  }
  const near = nearest(value);
  const text = {
    en: `no resource "${value}" has been seen${near === undefined ? '' : `; did you mean "${near}"?`}`,
    zh: `没有见过资源“${value}”${near === undefined ? '' : `；是否指“${near}”？`}`,
  };
  return [{ ...finding, field: 'resource.value', text }];
}

function ofTime({ id, rule, untilMs }: CompiledRule, nowMs: number): LintFinding[] {
  const finding = { code: 'expired', severity: 'warning', rule: id } as const;
  const found: LintFinding[] = [];
  if (untilMs <= nowMs) {
    const isDeadline = rule.kind === 'fault' && momentMs(rule.deadline) <= nowMs;
    const text = { en: 'its time is over, so it does nothing any more', zh: '它的时间已过，不再起任何作用' };
    found.push({ ...finding, field: isDeadline ? 'deadline' : 'effective.until', text });
  }
  if (rule.kind === 'breaker' && rule.forced && momentMs(rule.forced.until) <= nowMs) {
    const text = { en: 'the time for which it was forced is over', zh: '强制状态的时间已过' };
    found.push({ ...finding, severity: 'hint', field: 'forced.until', text });
  }
  return found;
}

function ofCondition(id: string, rule: Rule): LintFinding[] {
  const never = (field: string, text: ErrorText): LintFinding[] => [
    { code: 'neverFires', severity: 'warning', rule: id, field, text },
  ];
  if (rule.kind === 'degrade' && rule.share === 0)
    return never('share', {
      en: 'a share of 0 answers no call; use mode "off" to keep the rule without effect',
      zh: '比例为 0 时不会处理任何调用；若只想保留规则，请用模式“off”',
    });
  if (rule.when && contradicts(rule.when))
    return never('when', {
      en: 'asks one place of a call for two different values at once, so it is about no call',
      zh: '要求调用的同一处同时等于两个不同的值，因此不会命中任何调用',
    });
  return [];
}

/** A key of a limit by address is one address; who writes a range means something else. */
function ofAddresses(id: string, rule: Rule): LintFinding[] {
  if (rule.kind !== 'limit' || rule.per?.by !== 'ip') return [];
  const isAddress = (key: string): boolean => isIpRange(key) && !key.includes('/');
  return Object.keys(rule.per.overrides ?? {})
    .filter((key) => !isAddress(key))
    .map((key) => ({
      code: 'neverFires',
      severity: 'warning',
      rule: id,
      field: `per.overrides.${key}`,
      text: {
        en: `no call comes from "${key}": a limit of its own is for one address, such as 10.0.0.1`,
        zh: `不会有来自“${key}”的调用：单独的限额只能针对一个地址，例如 10.0.0.1`,
      },
    }));
}

function contradicts(condition: Condition): boolean {
  if ('or' in condition) return condition.or.length > 0 && condition.or.every(contradicts);
  if (!('and' in condition)) return false;
  const wanted = new Map<string, string>();
  for (const each of condition.and) {
    if (contradicts(each)) return true;
    if (!('op' in each) || each.op !== 'equals') continue;
    const { op: _, value, ...place } = each;
    const key = JSON.stringify(place);
    const known = wanted.get(key);
    if (known !== undefined && known !== String(value)) return true;
    wanted.set(key, String(value));
  }
  return false;
}

function ofScript(id: string, rule: Rule, rules: Rules): LintFinding[] {
  if (rule.onBlock?.answer !== 'script') return [];
  const { ruleId } = rule.onBlock;
  // A rule is asked for by its key: the one of the same namespace.
  const namespace = id.includes('/') ? `${id.slice(0, id.indexOf('/'))}/` : '';
  const script = Object.hasOwn(rules, namespace + ruleId) ? rules[namespace + ruleId] : undefined;
  if (script?.kind === 'script' && script.role === 'fallback') return [];
  const text = {
    en: `there is no script "${ruleId}" with the role "fallback"; refused calls get an error`,
    zh: `没有角色为“fallback”的脚本“${ruleId}”；被拒绝的调用会得到错误`,
  };
  return [{ code: 'noScript', severity: 'warning', rule: id, field: 'onBlock.ruleId', text }];
}

/** Permits are whole, and an instance that had none could never say that it wants one. */
function ofSharing(id: string, rule: Rule, instances: number | undefined): LintFinding[] {
  if (instances === undefined || rule.kind !== 'limit' || rule.algorithm !== 'concurrency') return [];
  if (rule.scope !== 'cluster' || rule.max >= instances) return [];
  const text = {
    en: `each of the ${instances} instances lets at least one call in, so up to ${instances} may be under way together, not ${rule.max}`,
    zh: `${instances} 个实例各自至少放行一个调用，因此最多可能有 ${instances} 个同时进行，而不是 ${rule.max} 个`,
  };
  return [{ code: 'moreInstances', severity: 'warning', rule: id, field: 'max', text }];
}

/** Shares follow the calls of a resource, whoever makes them: nobody knows at which instance those of a key come. */
function ofSharedKeys(id: string, rule: Rule): LintFinding[] {
  if (rule.kind !== 'limit' || rule.scope !== 'cluster') return [];
  if (rule.per === undefined || rule.per.by === 'instance') return [];
  const limit = limitOf(rule);
  const text = {
    en: `each instance lets a key have its share of ${limit}, so a key whose calls all come to one instance gets only that share; this is right where the calls of each key are spread over all instances, otherwise use scope "instance"`,
    zh: `每个实例只让一个键用到 ${limit} 中属于该实例的份额，因此调用都落在同一个实例上的键只能得到那一份；仅当每个键的调用分散到所有实例时才合适，否则请用范围“instance”`,
  };
  return [{ code: 'keyShared', severity: 'hint', rule: id, field: 'scope', text }];
}

/** Nobody reads more of them, and each is looked for among hundreds of names. */
const mostSuggested = 100;
const mostNames = 500;

/** Finds the name that differs in case only, or in at most a quarter of its letters; for the first that ask. */
function nearestOf(names: readonly string[]): (value: string) => string | undefined {
  let asked = 0;
  return (value) => {
    if (++asked > mostSuggested) return undefined;
    const most = Math.max(1, Math.floor(value.length / 4));
    let best: string | undefined;
    let least = most + 1;
    for (const name of names.slice(0, mostNames)) {
      if (Math.abs(name.length - value.length) > most) continue;
      const distance =
        name.toLowerCase() === value.toLowerCase()
          ? 0
          : editDistance(value.slice(0, 128), name.slice(0, 128));
      if (distance < least) [best, least] = [name, distance];
    }
    return best;
  };
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
