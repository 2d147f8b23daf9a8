import type { Drill } from '@sluice/core';
import type { DrillRecord, FaultEnd } from '@sluice/protocol/client';

const noCallers: DrillRecord['callers'] = { ok: 0, error: 0, degraded: 0, blocked: 0, abandoned: 0 };

/** What is known of a drill in this process, from its first frame until it is forgotten. */
export interface KnownDrill {
  readonly id: string;
  /** Undefined for one that was refused. */
  readonly drill: Drill | undefined;
  readonly sinceMs: number;
  /** Whatever is said later, it is over then. */
  deadlineMs: number;
  ended: { readonly because: FaultEnd; readonly atMs: number } | undefined;
  readonly error?: string;
  /** What was last told of its counts. */
  told: string | undefined;
}

export const isActive = ({ drill, ended }: KnownDrill): boolean => drill !== undefined && ended === undefined;

/** The instance's own record of a drill, at this moment. */
export function recordOf({ id, drill, sinceMs, ended, error }: KnownDrill, nowMs: number): DrillRecord {
  return {
    drillId: id,
    state: drill === undefined ? 'refused' : ended ? 'ended' : 'active',
    ...(ended && { endedBecause: ended.because, endedAgoMs: Math.max(0, nowMs - ended.atMs) }),
    ...(error !== undefined && { error }),
    activeMs: drill === undefined ? 0 : Math.max(0, (ended?.atMs ?? nowMs) - sinceMs),
    seed: drill?.seed ?? 0,
    faults: (drill?.faults ?? []).map(
      ({ name, eligible, injected, overBudget, notInjectable, held, released }) => ({
        fault: name,
        eligible,
        injected,
        overBudget,
        notInjectable,
        held,
        released,
      }),
    ),
    callers: { ...(drill?.callers ?? noCallers) },
  };
}
