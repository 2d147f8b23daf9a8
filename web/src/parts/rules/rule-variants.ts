import type { Json } from '@sluice/core';
import { type RuleDraft, valueAt } from './rule-value.ts';

/** Every form that a rule can take, each with what it starts as. */
const fresh = {
  'limit.slidingWindow': { limit: 100, windowMs: 1000 },
  'limit.tokenBucket': { limit: 100, intervalMs: 1000 },
  'limit.leakyBucket': { limit: 100, intervalMs: 1000 },
  'limit.concurrency': { max: 20 },
  'limit.warmUp': { limit: 100, warmUpSec: 30 },
  'breaker.errorRatio': { threshold: 0.5, minCalls: 20, windowMs: 10_000, openMs: 5000 },
  'breaker.errorCount': { threshold: 20, minCalls: 20, windowMs: 10_000, openMs: 5000 },
  'breaker.slowCallRatio': { threshold: 0.5, slowMs: 1000, minCalls: 20, windowMs: 10_000, openMs: 5000 },
  'breaker.consecutiveErrors': { threshold: 5, minCalls: 5, windowMs: 10_000, openMs: 5000 },
  degrade: { onBlock: { answer: 'empty' } },
  system: { signal: 'eventLoopLagMs', threshold: 100 },
  'access.origin': { effect: 'deny', values: [] },
  'access.ip': { effect: 'deny', values: [] },
  'access.tag': { effect: 'deny', tag: 'zone', values: [] },
  'script.decide': { source: "function decide(call) {\n  return 'pass';\n}\n", inputs: [], timeoutMs: 50 },
  'script.policy': { source: 'function policy(stats) {\n  return {};\n}\n', inputs: [], everyMs: 1000 },
  'script.fallback': { source: 'function fallback(call, error) {\n  return null;\n}\n', inputs: [] },
  'fault.delay.fixed': { delay: { ms: 200 } },
  'fault.delay.uniform': { delay: { minMs: 50, maxMs: 500 } },
  'fault.delay.normal': { delay: { meanMs: 200, stdDevMs: 50, maxMs: 1000 } },
  'fault.delay.lognormal': { delay: { meanMs: 200, stdDevMs: 100, maxMs: 2000 } },
  'fault.delay.percentiles': {
    delay: {
      points: [
        [50, 50],
        [99, 500],
      ],
    },
  },
  'fault.error': { message: 'injected' },
  'fault.return': { value: null },
  'fault.abort.http': { status: 503 },
  'fault.abort.grpc': { status: 14 },
  'fault.hang': {},
  'fault.blockEventLoop': { ms: 100 },
} as const satisfies Readonly<Record<string, RuleDraft>>;

export type Variant = keyof typeof fresh;
export const variants = Object.keys(fresh) as Variant[];

/** The words that make a rule a variant: `kind`, `algorithm`, `strategy` and such. */
function marksOf(variant: Variant): RuleDraft {
  const [kind, second, third] = variant.split('.') as [string, string?, string?];
  switch (kind) {
    case 'limit':
      return { kind, algorithm: second! };
    case 'breaker':
      return { kind, strategy: second! };
    case 'access':
      return { kind, by: second! };
    case 'script':
      return { kind, role: second! };
    case 'fault':
      if (second === 'abort') return { kind, fault: second, protocol: third! };
      return { kind, fault: second!, ...(third !== undefined && { delay: { distribution: third } }) };
    default:
      return { kind };
  }
}

/** Which variant a rule is; undefined while it is none. */
export function variantOf(draft: RuleDraft): Variant | undefined {
  return variants.find((variant) => {
    const flat: [string, Json][] = Object.entries(marksOf(variant)).flatMap(([field, value]) =>
      field === 'delay' ? [['delay.distribution', (value as RuleDraft).distribution!]] : [[field, value]],
    );
    return flat.every(([path, value]) => valueAt(draft, path) === value);
  });
}

const shared = ['resource', 'mode', 'priority', 'description', 'when', 'effective', 'onBlock'];
/** Kept where the new variant has them too. */
const kept = [
  'limit',
  'windowMs',
  'intervalMs',
  'per',
  'scope',
  'minCalls',
  'openMs',
  'probes',
  'effect',
  'values',
];
const hourMs = 3_600_000;

/** The rule as another variant: what every rule says stays, and numbers that both have. */
export function asVariant(draft: RuleDraft, variant: Variant, nowMs: number): RuleDraft {
  const start: RuleDraft = fresh[variant];
  const marks = marksOf(variant);
  const pick = (names: readonly string[], from: RuleDraft): RuleDraft =>
    Object.fromEntries(names.flatMap((name) => (Object.hasOwn(from, name) ? [[name, from[name]!]] : [])));
  const sameKind = draft.kind === marks.kind;
  const own = sameKind
    ? pick(
        kept.filter((name) => Object.hasOwn(start, name)),
        draft,
      )
    : {};
  const limits: RuleDraft = sameKind && marks.kind === 'limit' ? pick(['per', 'scope'], draft) : {};
  const fault: RuleDraft =
    marks.kind === 'fault'
      ? {
          perMillion: draft.perMillion ?? 10_000,
          deadline: draft.deadline ?? new Date(nowMs + hourMs).toISOString(),
        }
      : {};
  const delay: RuleDraft = marks.delay
    ? { delay: { ...(marks.delay as RuleDraft), ...(start.delay as RuleDraft) } }
    : {};
  return { ...marks, ...pick(shared, draft), ...start, ...own, ...limits, ...fault, ...delay };
}
