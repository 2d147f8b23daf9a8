import type { ErrorText, Rule, RuleMode } from '@sluice/core';
import type { Context } from '../context.ts';

export const modeWords: Readonly<Record<RuleMode, ErrorText>> = {
  off: { en: 'off', zh: '停用' },
  monitor: { en: 'monitor', zh: '监控' },
  intercept: { en: 'intercept', zh: '拦截' },
};

/** What a rule said of a recorded call. */
export const verdictWords = {
  pass: { en: 'pass', zh: '通过' },
  block: { en: 'block', zh: '拦截' },
  wouldBlock: { en: 'would block', zh: '预计拦截' },
} as const satisfies Record<string, ErrorText>;

/** The resources that a rule is about, as a rule says it. */
export function resourceText({ resource: { match, value, type } }: Rule): string {
  const name = match === 'exact' ? value : `${match} ${value}`;
  return type === undefined ? name : `${type} ${name}`;
}

/** A length of time in the largest unit that leaves a whole number. */
function timeText(ms: number): string {
  for (const [unit, size] of [
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ] as const)
    if (ms >= size && ms % size === 0) return `${ms / size} ${unit}`;
  return `${ms} ms`;
}

/** What a rule asks for, in a few words. */
export function ruleText({ say }: Context, rule: Rule): string {
  switch (rule.kind) {
    case 'limit':
      return `${limitText(rule)}${perText(rule)}${rule.scope === 'cluster' ? `, ${say({ en: 'cluster', zh: '集群' })}` : ''}`;
    case 'breaker':
      return `${rule.strategy} >= ${rule.threshold} / ${timeText(rule.windowMs)}, ${say({ en: 'open', zh: '熔断' })} ${timeText(rule.openMs)}`;
    case 'degrade':
      return `${rule.onBlock.answer}, ${percentOf(rule.share ?? 1)}`;
    case 'system':
      return `${rule.signal} >= ${rule.threshold}`;
    case 'access':
      return `${rule.effect} ${rule.by}: ${rule.values.slice(0, 3).join(', ')}${rule.values.length > 3 ? ` +${rule.values.length - 3}` : ''}`;
    case 'fault':
      return `${rule.fault} ${Number((rule.perMillion / 10_000).toFixed(4))} %, ${say({ en: 'until', zh: '截至' })} ${rule.deadline}`;
    case 'script':
      return `${rule.role}, ${rule.source.length} B`;
  }
}

const percentOf = (share: number): string => `${Number((100 * share).toFixed(2))} %`;

function limitText(rule: Extract<Rule, { kind: 'limit' }>): string {
  switch (rule.algorithm) {
    case 'concurrency':
      return `${rule.algorithm} ${rule.max}`;
    case 'slidingWindow':
      return `${rule.algorithm} ${rule.limit} / ${timeText(rule.windowMs)}`;
    case 'warmUp':
      return `${rule.algorithm} ${rule.limit} / 1 s`;
    default:
      return `${rule.algorithm} ${rule.limit} / ${timeText(rule.intervalMs)}`;
  }
}

function perText({ per }: Extract<Rule, { kind: 'limit' }>): string {
  if (per === undefined || per.by === 'instance') return '';
  if ('name' in per) return ` per ${per.by} ${per.name}`;
  return per.by === 'argument'
    ? ` per args[${per.index}]${per.path === undefined ? '' : `.${per.path}`}`
    : ` per ${per.by}`;
}
