import { systemSignals } from '@sluice/core';
import type { RuleDraft } from './rule-value.ts';

/** How a field is written and read. */
export type FieldSpec =
  | { readonly is: 'number'; readonly optional?: true; readonly step?: number }
  /** Milliseconds, written in the unit that fits. */
  | { readonly is: 'ms'; readonly optional?: true }
  | { readonly is: 'sec' }
  /** From 0 to 1, written in percent. */
  | { readonly is: 'share'; readonly optional?: true }
  | { readonly is: 'perMillion' }
  | { readonly is: 'choice'; readonly options: readonly string[]; readonly optional?: true }
  | { readonly is: 'text'; readonly optional?: true }
  | { readonly is: 'moment' }
  | { readonly is: 'json' }
  | { readonly is: 'list' };

const number = { is: 'number' } as const;
const maybe = { is: 'number', optional: true } as const;
const ms = { is: 'ms' } as const;
const maybeMs = { is: 'ms', optional: true } as const;

const fields: Readonly<Record<string, FieldSpec>> = {
  limit: number,
  max: number,
  burst: maybe,
  queue: maybe,
  intervalMs: ms,
  windowMs: ms,
  maxQueueMs: maybeMs,
  maxQueueLength: maybe,
  warmUpSec: { is: 'sec' },
  coldFactor: maybe,
  scope: { is: 'choice', options: ['instance', 'cluster'], optional: true },
  minCalls: number,
  slowMs: ms,
  openMs: ms,
  probes: maybe,
  maxHalfOpenMs: maybeMs,
  'backoff.multiplier': maybe,
  'backoff.maxMs': maybeMs,
  'forced.state': { is: 'choice', options: ['open', 'closed'], optional: true },
  'forced.until': { is: 'moment' },
  share: { is: 'share', optional: true },
  signal: { is: 'choice', options: systemSignals },
  effect: { is: 'choice', options: ['deny', 'allow'] },
  tag: { is: 'text' },
  values: { is: 'list' },
  perMillion: { is: 'perMillion' },
  deadline: { is: 'moment' },
  seed: maybe,
  'delay.ms': ms,
  'delay.minMs': ms,
  'delay.maxMs': ms,
  'delay.meanMs': ms,
  'delay.stdDevMs': ms,
  'delay.points': { is: 'json' },
  name: { is: 'text', optional: true },
  message: { is: 'text' },
  code: { is: 'text', optional: true },
  value: { is: 'json' },
  status: number,
  body: { is: 'text', optional: true },
  ms,
  timeoutMs: maybeMs,
  cacheMs: maybeMs,
  everyMs: ms,
  onError: { is: 'choice', options: ['pass', 'block', 'lastGood'], optional: true },
};

/** How a field of this rule is written; some mean something else in another kind. */
export function fieldOf(draft: RuleDraft, path: string): FieldSpec {
  if (path === 'threshold' || path === 'fullAt') {
    const optional = path === 'fullAt' && ({ optional: true } as const);
    const isShare =
      draft.strategy === 'errorRatio' ||
      draft.strategy === 'slowCallRatio' ||
      draft.signal === 'cpu' ||
      draft.signal === 'eventLoopUtilisation';
    if (isShare) return { is: 'share', ...optional };
    return draft.signal === 'eventLoopLagMs' ? { is: 'ms', ...optional } : { is: 'number', ...optional };
  }
  if (path === 'message' && draft.protocol === 'grpc') return { is: 'text', optional: true };
  return fields[path] ?? { is: 'text' };
}

/** Fields that only come together: setting one sets the others, taking one away takes all. */
const groups: Readonly<Record<string, (nowMs: number) => RuleDraft>> = {
  backoff: () => ({ multiplier: 2, maxMs: 60_000 }),
  forced: (nowMs) => ({ state: 'open', until: new Date(nowMs + 600_000).toISOString() }),
};

export const groupOf = (path: string): ((nowMs: number) => RuleDraft) | undefined =>
  groups[path.split('.')[0]!];
