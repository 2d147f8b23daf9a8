import { z } from 'zod';
import { moment } from './name.ts';
import { base, count, milliseconds, ratio } from './rule-parts.ts';

const breaker = {
  ...base,
  kind: z.literal('breaker'),
  minCalls: count,
  windowMs: milliseconds,
  openMs: milliseconds,
  backoff: z.strictObject({ multiplier: z.number().min(1).max(100), maxMs: milliseconds }).optional(),
  probes: z.int().positive().max(1000).optional(),
  maxHalfOpenMs: milliseconds.optional(),
  forced: z.strictObject({ state: z.enum(['open', 'closed']), until: moment }).optional(),
};

export const breakerRule = z.discriminatedUnion('strategy', [
  z.strictObject({ ...breaker, strategy: z.literal('errorRatio'), threshold: ratio }),
  z.strictObject({
    ...breaker,
    strategy: z.literal(['errorCount', 'consecutiveErrors']),
    threshold: count,
  }),
  z.strictObject({
    ...breaker,
    strategy: z.literal('slowCallRatio'),
    threshold: ratio,
    slowMs: milliseconds,
  }),
]);
