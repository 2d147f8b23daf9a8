import { z } from 'zod';
import { argumentIndex, argumentPath, fieldName, headerName } from './condition.ts';
import { record } from './record.ts';
import { amount, base, count, milliseconds } from './rule-parts.ts';
import { text } from './text.ts';

const keyed = {
  overrides: record(text(256), amount)
    .refine((all) => Object.keys(all).length <= 1000, {
      message: 'must have at most 1000 values',
      params: { problem: 'range', zh: '最多 1000 个值' },
    })
    .optional(),
  maxKeys: z.int().positive().max(1_000_000).optional(),
};
const per = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('instance') }),
  z.strictObject({ by: z.literal(['user', 'ip', 'origin']), ...keyed }),
  z.strictObject({ by: z.literal('header'), name: headerName, ...keyed }),
  z.strictObject({ by: z.literal(['query', 'tag']), name: fieldName, ...keyed }),
  z.strictObject({
    by: z.literal('argument'),
    index: argumentIndex,
    path: argumentPath.optional(),
    ...keyed,
  }),
]);

const limit = {
  ...base,
  kind: z.literal('limit'),
  per: per.optional(),
  scope: z.enum(['instance', 'cluster']).optional(),
};

export const limitRule = z.discriminatedUnion('algorithm', [
  z.strictObject({
    ...limit,
    algorithm: z.literal('tokenBucket'),
    limit: amount,
    intervalMs: milliseconds,
    burst: z.number().min(0).max(1e9).optional(),
  }),
  z.strictObject({
    ...limit,
    algorithm: z.literal('leakyBucket'),
    limit: amount,
    intervalMs: milliseconds,
    maxQueueMs: z.int().min(0).max(60_000).optional(),
    maxQueueLength: z.int().min(0).max(100_000).optional(),
  }),
  z.strictObject({
    ...limit,
    algorithm: z.literal('slidingWindow'),
    limit: amount.min(1),
    windowMs: milliseconds,
  }),
  z
    .strictObject({
      ...limit,
      algorithm: z.literal('concurrency'),
      max: count,
      queue: z.int().min(0).max(100_000).optional(),
      maxQueueMs: z.int().positive().max(60_000).optional(),
    })
    .superRefine(({ per }, context) => {
      // Half a permit would shut its key out for good.
      if (per === undefined || per.by === 'instance') return;
      for (const [key, max] of Object.entries(per.overrides ?? {}))
        if (!Number.isInteger(max))
          context.addIssue({
            code: 'custom',
            path: ['per', 'overrides', key],
            message: `must be a whole number of calls, got ${max}`,
            params: { problem: 'type', zh: `必须是整数（调用数），实际是 ${max}` },
          });
    }),
  z.strictObject({
    ...limit,
    algorithm: z.literal('warmUp'),
    limit: amount,
    warmUpSec: z.int().positive().max(3600),
    coldFactor: z.number().min(1).max(100).optional(),
  }),
]);
