import type { Resource } from '@sluice/protocol';
import { blockedOf } from '../../parts/traffic/chart-frame.ts';

/** Errors first, then blocked, then calls: what needs a look is on top. */
function trouble({ minute, breakers }: Resource): number {
  if (!minute) return -1;
  const open = breakers.length > 0 ? 1e15 : 0;
  return open + minute.errors * 1e9 + blockedOf(minute) * 1e6 + minute.passed;
}

interface Filter {
  readonly q: string | undefined;
  readonly type: string | undefined;
}

/** The rows that fit, what needs a look first. */
export function shownResources(items: readonly Resource[], { q, type }: Filter): Resource[] {
  const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return items
    .filter(
      (row) =>
        (type === undefined || row.type === type) &&
        words.every((word) => row.resource.toLowerCase().includes(word)),
    )
    .sort((a, b) => trouble(b) - trouble(a));
}
