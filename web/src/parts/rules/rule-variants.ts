import { type Json, sameData } from '@sluice/core';
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
  'minCalls',
  'openMs',
  'effect',
  'values',
  'inputs',
  'timeoutMs',
];
/** What every variant of a kind may say. */
const optional: Readonly<Record<string, readonly string[]>> = {
  limit: ['per', 'scope'],
  breaker: ['probes', 'maxHalfOpenMs', 'backoff', 'forced'],
  script: ['timeoutMs', 'onError'],
};
const hourMs = 3_600_000;

const pick = (names: readonly string[], from: RuleDraft): RuleDraft =>
  Object.fromEntries(names.flatMap((name) => (Object.hasOwn(from, name) ? [[name, from[name]!]] : [])));
const without = (names: readonly string[], from: RuleDraft): RuleDraft =>
  Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name)));

/** What the rule says that every rule may say. The answer that a degrade rule begins with was nobody's choice. */
function sharedOf(draft: RuleDraft): RuleDraft {
  const isUnchosen = draft.kind === 'degrade' && sameData(draft.onBlock, fresh.degrade.onBlock);
  return pick(isUnchosen ? shared.filter((name) => name !== 'onBlock') : shared, draft);
}

/**
 * The rule as another variant: what every rule says stays, and numbers that both have. `before` is the rule when it was
 * that variant last: what it said then comes back.
 */
export function asVariant(
  draft: RuleDraft,
  variant: Variant,
  nowMs: number,
  before: RuleDraft = {},
): RuleDraft {
  const start: RuleDraft = { ...fresh[variant], ...without(shared, before) };
  const marks = marksOf(variant);
  const kind = String(marks.kind);
  const own =
    draft.kind === kind
      ? pick([...kept.filter((name) => Object.hasOwn(start, name)), ...(optional[kind] ?? [])], draft)
      : {};
  const fault: RuleDraft =
    kind === 'fault'
      ? {
          perMillion: draft.perMillion ?? 10_000,
          deadline: draft.deadline ?? new Date(nowMs + hourMs).toISOString(),
        }
      : {};
  const delay: RuleDraft = marks.delay
    ? { delay: { ...(start.delay as RuleDraft), ...(marks.delay as RuleDraft) } }
    : {};
  const said = sharedOf(draft);
  const answer: RuleDraft = kind === 'degrade' && said.onBlock ? { onBlock: said.onBlock } : {};
  return { ...marks, ...said, ...start, ...answer, ...own, ...fault, ...delay };
}
