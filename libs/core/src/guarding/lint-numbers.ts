import type { ErrorText } from '../errors/error-code.ts';
import type { LintFinding } from './lint-finding.ts';

/** Below this many milliseconds a field is more likely meant in seconds. */
const suspicious: Readonly<Record<string, number>> = {
  intervalMs: 60,
  windowMs: 60,
  openMs: 60,
  maxHalfOpenMs: 60,
  maxQueueMs: 10,
  slowMs: 10,
  'backoff.maxMs': 60,
  'onBlock.maxAgeMs': 60,
};

/** What numbers of a rule give away. It may be one that no check has seen, so that what is refused is explained. */
export function lintNumbers(id: string, rule: unknown): LintFinding[] {
  if (!isRecord(rule)) return [];
  const found: LintFinding[] = [];
  const find = (
    code: LintFinding['code'],
    severity: LintFinding['severity'],
    field: string,
    text: ErrorText,
  ): void => void found.push({ code, severity, rule: id, field, text });

  for (const field of ratioFields(rule)) {
    const value = rule[field];
    if (typeof value !== 'number' || value <= 1) continue;
    const share = Math.min(1, value / 100);
    find('ratioAboveOne', 'error', field, {
      en: `is a share from 0 to 1, got ${value}; ${value} % is ${share}`,
      zh: `是 0 到 1 的比例，实际为 ${value}；${value} % 应写作 ${share}`,
    });
  }
  for (const field of limitFields(rule))
    if (at(rule, field) === 0)
      find('zeroLimit', 'error', field, {
        en: 'a limit of 0 lets nothing through; to answer without calling, use a degrade rule',
        zh: '上限为 0 时任何调用都无法通过；若要不调用直接应答，请用 degrade 规则',
      });
  for (const [field, below] of Object.entries(suspicious)) {
    const value = at(rule, field);
    if (typeof value !== 'number' || value <= 0 || value > below) continue;
    find('secondsMeant', 'warning', field, {
      en: `is in milliseconds: ${value} ms; for ${value} s write ${value * 1000}`,
      zh: `单位是毫秒：${value} 毫秒；若指 ${value} 秒请写 ${value * 1000}`,
    });
  }
  const { perMillion } = rule;
  if (rule.kind === 'fault' && typeof perMillion === 'number' && perMillion > 0 && perMillion <= 100)
    find('tinyShare', 'hint', 'perMillion', {
      en: `is calls of a million: ${perMillion} is ${perMillion / 10_000} %; for ${perMillion} % write ${perMillion * 10_000}`,
      zh: `是百万分之几：${perMillion} 即 ${perMillion / 10_000} %；若指 ${perMillion} % 请写 ${perMillion * 10_000}`,
    });
  return found;
}

function ratioFields({ kind, strategy, signal }: Readonly<Record<string, unknown>>): string[] {
  if (kind === 'degrade') return ['share'];
  if (kind === 'breaker' && (strategy === 'errorRatio' || strategy === 'slowCallRatio')) return ['threshold'];
  if (kind === 'system' && (signal === 'cpu' || signal === 'eventLoopUtilisation'))
    return ['threshold', 'fullAt'];
  return [];
}

function limitFields(rule: Readonly<Record<string, unknown>>): string[] {
  if (rule.kind !== 'limit') return [];
  const overrides = at(rule, 'per.overrides');
  return ['limit', 'max', ...(isRecord(overrides) ? Object.keys(overrides) : []).map(overrideOf)];
}

const overridden = 'per.overrides.';
const overrideOf = (key: string): string => overridden + key;

/** What lies at a path with dots; a key of `overrides` may have dots of its own. */
function at(rule: Readonly<Record<string, unknown>>, path: string): unknown {
  if (path.startsWith(overridden)) {
    const overrides = at(rule, 'per.overrides');
    return isRecord(overrides) ? overrides[path.slice(overridden.length)] : undefined;
  }
  let value: unknown = rule;
  for (const step of path.split('.'))
    value = isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  return value;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
