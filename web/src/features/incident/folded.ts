import type { IncidentEntry } from '@sluice/protocol';

/** A line of the timeline: an entry, or the newest of many turns of one breaker with the older ones behind it. */
export interface TimelineLine {
  readonly entry: IncidentEntry;
  /** Newest first; empty for all that stands for itself. */
  readonly older: readonly IncidentEntry[];
}

/** So few turns of a breaker are shown one by one. */
const foldedFrom = 3;

const breakerOf = ({ app, resource, type, marker }: IncidentEntry): string | undefined =>
  marker.kind === 'breaker' ? JSON.stringify([app, type, resource, marker.rule]) : undefined;

/**
 * One line for all turns of a breaker between two changes of another kind, so that a breaker that flaps doesn't bury
 * what made it flap. Entries are newest first, and stay so.
 */
export function folded(entries: readonly IncidentEntry[]): TimelineLine[] {
  const lines: { entry: IncidentEntry; older: IncidentEntry[] }[] = [];
  let run = new Map<string, { entry: IncidentEntry; older: IncidentEntry[] }>();
  for (const entry of entries) {
    const breaker = breakerOf(entry);
    if (breaker === undefined) run = new Map();
    const begun = breaker === undefined ? undefined : run.get(breaker);
    if (begun) {
      begun.older.push(entry);
      continue;
    }
    const line = { entry, older: [] };
    lines.push(line);
    if (breaker !== undefined) run.set(breaker, line);
  }
  return lines.flatMap((line) =>
    line.older.length + 1 >= foldedFrom
      ? [line]
      : [line.entry, ...line.older].map((entry) => ({ entry, older: [] })),
  );
}
