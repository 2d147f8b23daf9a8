import { z } from 'zod';
import { json } from './json.ts';

const resource = z.strictObject({
  match: z.enum(['exact', 'prefix', 'glob']),
  value: z.string().min(1).max(256),
  type: z.enum(['web', 'rpc', 'outbound', 'method', 'job']).optional(),
});

/** What a caller gets when a rule refuses the call. */
const degrade = z.discriminatedUnion('answer', [
  z.strictObject({ answer: z.literal('empty') }),
  z.strictObject({ answer: z.literal('value'), value: json }),
  z.strictObject({ answer: z.literal('error'), message: z.string().max(1000).optional() }),
  z.strictObject({
    answer: z.literal('http'),
    status: z.int().min(200).max(599),
    body: z.string().max(65_536).optional(),
    contentType: z.string().max(128).optional(),
  }),
  z.strictObject({ answer: z.literal('fallback'), name: z.string().min(1).max(128) }),
  z.strictObject({ answer: z.literal('lastGood'), maxAgeMs: z.int().positive().optional() }),
]);

const common = {
  resource,
  mode: z.enum(['off', 'monitor', 'intercept']),
  priority: z.int().min(0).max(1_000_000).optional(),
  description: z.string().max(1000).optional(),
  effective: z
    .strictObject({ from: z.iso.datetime().optional(), until: z.iso.datetime().optional() })
    .optional(),
  onBlock: degrade.optional(),
};

const amount = z.number().positive().max(1e9);
const milliseconds = z.int().positive().max(86_400_000);
const ratio = z.number().min(0).max(1);

const limit = { ...common, kind: z.literal('limit') };
const limitRule = z.discriminatedUnion('algorithm', [
  z.strictObject({
    ...limit,
    algorithm: z.literal('tokenBucket'),
    limit: amount,
    intervalMs: milliseconds,
    burst: amount.optional(),
  }),
  z.strictObject({
    ...limit,
    algorithm: z.literal('leakyBucket'),
    limit: amount,
    intervalMs: milliseconds,
    maxQueueMs: z.int().min(0).max(60_000).optional(),
    maxQueueLength: z.int().min(0).max(100_000).optional(),
  }),
  z.strictObject({ ...limit, algorithm: z.literal('slidingWindow'), limit: amount, windowMs: milliseconds }),
  z.strictObject({
    ...limit,
    algorithm: z.literal('concurrency'),
    max: z.int().positive().max(1_000_000),
    queue: z.int().min(0).max(100_000).optional(),
  }),
  z.strictObject({
    ...limit,
    algorithm: z.literal('warmUp'),
    limit: amount,
    warmUpSec: z.int().positive().max(3600),
    coldFactor: z.number().min(1).max(100).optional(),
  }),
]);

const breaker = {
  ...common,
  kind: z.literal('breaker'),
  minCalls: z.int().positive().max(1_000_000),
  windowMs: milliseconds,
  openMs: milliseconds,
  probes: z.int().positive().max(1000).optional(),
  maxHalfOpenMs: milliseconds.optional(),
};
const breakerRule = z.discriminatedUnion('strategy', [
  z.strictObject({ ...breaker, strategy: z.literal('errorRatio'), threshold: ratio }),
  z.strictObject({ ...breaker, strategy: z.literal('errorCount'), threshold: z.int().positive() }),
  z.strictObject({
    ...breaker,
    strategy: z.literal('slowCallRatio'),
    threshold: ratio,
    slowMs: milliseconds,
  }),
  z.strictObject({ ...breaker, strategy: z.literal('consecutiveErrors'), threshold: z.int().positive() }),
]);

const degradeRule = z.strictObject({
  ...common,
  kind: z.literal('degrade'),
  share: ratio.optional(),
  onBlock: degrade,
});
const systemRule = z.strictObject({
  ...common,
  kind: z.literal('system'),
  signal: z.enum(['eventLoopLagMs', 'eventLoopUtilisation', 'cpu', 'heapBytes']),
  threshold: z.number().positive(),
});
const accessRule = z.strictObject({
  ...common,
  kind: z.literal('access'),
  effect: z.enum(['allow', 'deny']),
  by: z.enum(['origin', 'tag', 'ip']),
  values: z.array(z.string().min(1).max(256)).min(1).max(1000),
});

/** One protection rule, as it lies in a `rules` namespace under its id. */
export const rule = z.discriminatedUnion('kind', [
  limitRule,
  breakerRule,
  degradeRule,
  systemRule,
  accessRule,
]);
export type Rule = z.infer<typeof rule>;
