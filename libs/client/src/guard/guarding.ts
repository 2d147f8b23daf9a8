import type { BreakerEvent, BreakerState, KillSwitch, ResourceType } from '@sluice/core';
import type { DrillRecord } from '@sluice/protocol/client';
import type { CallGuard } from './call-guard.ts';
import type { ScriptTrouble } from './script-runners.ts';

/** How the calls of this process are guarded at this moment. */
export interface Guarding {
  /** Of the newest rules in force; 0 when there are none. */
  readonly revision: number;
  readonly killSwitch: KillSwitch;
  /** Every resource that calls came through since the start. */
  readonly resources: readonly {
    readonly resource: string;
    readonly type: ResourceType;
    /** Calls under way. */
    readonly active: number;
    readonly breakers: readonly { readonly rule: string; readonly state: BreakerState }[];
  }[];
  /** Scripts of rules that don't do their work here. */
  readonly scripts: readonly ScriptTrouble[];
  /** Drills that break calls here, and the last twenty that did: this process's own record of them. */
  readonly drills: readonly DrillRecord[];
}

/** A breaker that changed its state. */
export interface BreakerTurn extends Pick<BreakerEvent, 'resource' | 'type' | 'from' | 'to' | 'reason'> {
  readonly rule: string;
}

export function guardingOf(
  { core, clock, scripts }: CallGuard,
  killSwitch: KillSwitch,
  drills: readonly DrillRecord[],
): Guarding {
  const nowMs = clock.monotonic();
  return {
    revision: core.revision,
    killSwitch,
    resources: Array.from(core.resources(), (state) => ({
      resource: state.name,
      type: state.type,
      active: state.counters.active,
      breakers: state.breakers(nowMs).map(({ ruleId: rule, state: is }) => ({ rule, state: is })),
    })),
    scripts: scripts.troubles(),
    drills,
  };
}

export const breakerTurnOf = ({
  ruleId: rule,
  resource,
  type,
  from,
  to,
  reason,
}: BreakerEvent): BreakerTurn => ({
  rule,
  resource,
  type,
  from,
  to,
  reason,
});
