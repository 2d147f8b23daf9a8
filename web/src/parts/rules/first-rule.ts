import type { ResourceType } from '@sluice/core';
import type { Resource } from '@sluice/protocol';
import type { RuleDraft } from './rule-value.ts';

/** A limit on each instance of twice what came in the last minute, watching only. */
export function firstRuleFor(
  resource: string,
  type: ResourceType,
  seen: Pick<Resource, 'minute' | 'firstSeenAt'> | undefined,
  nowMs: number,
): RuleDraft {
  const minute = seen?.minute;
  const seenSec = seen ? Math.max(1, (nowMs - Date.parse(seen.firstSeenAt)) / 1000) : 60;
  const perSec = minute
    ? minute.passed / Math.min(minute.seconds, seenSec) / Math.max(1, minute.instances)
    : 50;
  return {
    kind: 'limit',
    algorithm: 'slidingWindow',
    resource: { match: 'exact', value: resource, type },
    mode: 'monitor',
    limit: Math.max(5, Math.ceil(perSec * 2)),
    windowMs: 1000,
  };
}

/** An id made of the resource's name that isn't taken: `limit-get-books-id`. */
export function freeRuleId(kind: string, resource: string, taken: readonly string[]): string {
  const words = resource
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 80);
  const wanted = [kind, words].filter(Boolean).join('-');
  for (let n = 1; ; n++) {
    const id = n === 1 ? wanted : `${wanted}-${n}`;
    if (!taken.includes(id)) return id;
  }
}
