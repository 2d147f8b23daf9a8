import { SluiceError } from '@sluice/core';

export interface AttemptLimit {
  readonly failures: number;
  readonly windowMs: number;
}

/** Those failures that still count. One of another node whose clock is ahead counts too. */
export const recent = (times: readonly number[], { windowMs }: AttemptLimit, now: number): number[] =>
  times.filter((at) => Math.abs(now - at) < windowMs);

/**
 * Counts one more try among those that failed, as it may; to be taken back when it succeeds. Throws
 * `too_many_requests`, with the time until the oldest failure no longer counts.
 */
export function oneMore(times: readonly number[], limit: AttemptLimit, now: number): number[] {
  const counted = recent(times, limit, now);
  if (counted.length < limit.failures) return [...counted, now];
  const waitMs = Math.min(...counted) + limit.windowMs - now;
  throw new SluiceError('too_many_requests', { retryAfterSec: Math.max(1, Math.ceil(waitMs / 1000)) });
}
