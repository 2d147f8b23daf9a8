import type { ErrorText } from '../errors/error-code.ts';
import { type Answer, accept, refuse } from '../errors/refusal.ts';
import type { Layer } from '../model/layer.ts';

const hourMs = 3_600_000;

/** How long a layer may live: an hour unless said otherwise, at most seven days. */
export const timeBoxLimits = { defaultMs: hourMs, maxMs: 7 * 24 * hourMs } as const;

/** When a layer began and how long it lives. Both in ms, `startedAt` on the clock that `now` comes from. */
export interface TimeBox {
  readonly startedAt: number;
  readonly ttlMs: number;
}

const texts = {
  ttl_range: {
    en: '{ttlMs} ms is no time that a push may live: it must be a whole number above 0 and at most {maxMs} (7 days).',
    zh: '{ttlMs} 毫秒不是合法的有效期：必须是大于 0 且不超过 {maxMs}（7 天）的整数。',
  },
  ttl_forbidden: {
    en: "Leaving this push in force until it is cleared needs a permission that you don't have. Give it a time of at most 7 days.",
    zh: '没有权限让该推送一直有效直到手动清除。请设置不超过 7 天的有效期。',
  },
} as const satisfies Record<string, ErrorText>;

/**
 * The time that a single push lives, in ms, or undefined for "until it is cleared". Nothing asked gives the default of
 * one hour; a time out of bounds is refused, never cut, and so is "until cleared" without the permission for it.
 */
export function timeToLive(
  asked: number | 'untilCleared' | undefined,
  mayKeepUntilCleared: boolean,
): Answer<number | undefined> {
  if (asked === undefined) return accept(timeBoxLimits.defaultMs);
  if (asked === 'untilCleared')
    return mayKeepUntilCleared ? accept(undefined) : refuse(texts, 'ttl_forbidden');
  const { maxMs } = timeBoxLimits;
  if (!Number.isSafeInteger(asked) || asked <= 0 || asked > maxMs)
    return refuse(texts, 'ttl_range', { ttlMs: asked, maxMs });
  return accept(asked);
}

/** Ms left at `now`, from `ttlMs` down to 0. A clock that was set back doesn't give more time than there ever was. */
export function remainingMs({ startedAt, ttlMs }: TimeBox, now: number): number {
  return Math.min(ttlMs, Math.max(0, startedAt + ttlMs - now));
}

/** Whether the time of a box is over at `now`: exactly when nothing remains. */
export function isOver(box: TimeBox, now: number): boolean {
  return remainingMs(box, now) === 0;
}

/** The moment at which the first of these boxes that is still running ends; undefined when none runs. */
export function nextEnd(boxes: Iterable<TimeBox>, now: number): number | undefined {
  let next: number | undefined;
  for (const box of boxes) {
    const left = remainingMs(box, now);
    if (left > 0 && (next === undefined || now + left < next)) next = now + left;
  }
  return next;
}

/** Whether a layer counts: it has no time, or some of it left. */
export function isInForce(layer: Pick<Layer, 'expiresInMs'>): boolean {
  return layer.expiresInMs === undefined || layer.expiresInMs > 0;
}
