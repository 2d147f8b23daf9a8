import type { Resource } from '@sluice/protocol';
import { blockedOf } from '../../parts/traffic/chart-frame.ts';

export const sortNames = ['name', 'rate', 'blocked', 'wouldBlock', 'errors', 'p50', 'p99'] as const;
export type SortName = (typeof sortNames)[number];

/** What a column compares of a resource; undefined where nothing is known of the last minute. */
function sortValue(row: Resource, by: SortName): number | string | undefined {
  const { minute } = row;
  switch (by) {
    case 'name':
      return row.resource;
    case 'rate':
      return minute?.passed;
    case 'blocked':
      return minute && blockedOf(minute);
    case 'wouldBlock':
      return minute?.wouldBlock;
    case 'errors':
      return minute?.errors;
    case 'p50':
      return minute?.p50Ms;
    case 'p99':
      return minute?.p99Ms;
  }
}

/** Errors first, then blocked, then calls: what needs a look is on top. */
function trouble({ minute, breakers }: Resource): number {
  if (!minute) return -1;
  const open = breakers.length > 0 ? 1e15 : 0;
  return open + minute.errors * 1e9 + blockedOf(minute) * 1e6 + minute.passed;
}

interface Filter {
  readonly q: string | undefined;
  readonly type: string | undefined;
  readonly sort: SortName | undefined;
  readonly up: boolean;
}

/** The rows that fit, in the order that was chosen; unknown ones last whatever the direction. */
export function shownResources(items: readonly Resource[], { q, type, sort, up }: Filter): Resource[] {
  const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  const fitting = items.filter(
    (row) =>
      (type === undefined || row.type === type) &&
      words.every((word) => row.resource.toLowerCase().includes(word)),
  );
  if (sort === undefined) return fitting.sort((a, b) => trouble(b) - trouble(a));
  return fitting.sort((a, b) => {
    const [x, y] = [sortValue(a, sort), sortValue(b, sort)];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    const order = x < y ? -1 : x > y ? 1 : a.resource < b.resource ? -1 : 1;
    return up ? order : -order;
  });
}
