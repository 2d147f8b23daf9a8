import type { ResourceType } from '@sluice/core';
import type { DrillMeasure, DrillTarget } from '@sluice/protocol';
import type { DrillOrder, DrillRecord } from '@sluice/protocol/client';
import type { DrillEntity, DrillTargetEntity, Ending, StoredEvent } from './drill.entities.ts';
import { budgetOf, faultsOfDrill } from './fault-orders.ts';
import { checksOf, type PlacedCheck } from './measures.ts';
import { matches } from './overlap.ts';
import { Phases } from './phases.ts';

/** Breakers may turn very often, and instances be many; of more of either than these a drill's log knows nothing. */
const maxAlike = 1000;

/** A drill that runs or recovers, as one node knows it. */
export class ActiveDrill {
  row: DrillEntity;
  readonly checks: readonly PlacedCheck[];
  readonly phases = new Phases();
  readonly targets = new Map<string, DrillTargetEntity>();
  /** Targets whose rows this node has to write. */
  readonly unwritten = new Set<string>();
  readonly events: { readonly number: number; readonly at: number; readonly event: StoredEvent }[] = [];
  writtenEvents = 0;
  readonly #logged = { breaker: 0, instance: 0 };
  /** One write after the other, so that nothing is written twice. */
  writing: Promise<void> = Promise.resolve();
  /** When its row was last known to be meant: on the driver when it was written, elsewhere when it was seen to grow. */
  aliveAtMono: number;
  measuredAtMono = 0;
  partSequence = 0;
  /** Since when every check of the steady state holds again. */
  heldSinceMono: number | undefined;
  /** Its log says that it has ended. */
  isEndLogged = false;
  /** Ended here, perhaps not yet in the database. */
  isEnding = false;
  /** How and when it ended here, until that is written. */
  ending: Ending | undefined;
  endedAt: number | undefined;
  /** When this node took it over from one that died. */
  adoptedAt: number | undefined;
  /** When something was last heard of each guard. */
  readonly heardAtMono = new Map<number, number>();
  readonly begunAtMono: number;
  measures: DrillMeasure[];
  readonly #faults: DrillOrder['faults'];
  readonly #deadlineMono: number;
  readonly #wallOffsetMs: number;

  constructor(row: DrillEntity, nowMs: number, monoMs: number) {
    this.row = row;
    this.checks = checksOf(row.definition);
    this.measures = [...row.measures];
    this.isEndLogged = row.state !== 'running';
    this.aliveAtMono = monoMs;
    this.begunAtMono = monoMs;
    this.#faults = faultsOfDrill(row.id, row.definition, row.deadlineAt!);
    this.#deadlineMono = monoMs + row.deadlineAt! - nowMs;
    this.#wallOffsetMs = nowMs - monoMs;
  }

  /**
   * The time of day of this drill: as the clock showed it when this node met the drill, and going on from there
   * whatever that clock is set to. All moments of a drill are told in it, so that what lies between two of them passed.
   */
  nowMs(monoMs: number): number {
    return Math.round(monoMs + this.#wallOffsetMs);
  }

  get place(): { environment: string; app: string } {
    return { environment: this.row.environment, app: this.row.app };
  }

  /** Nothing is to be broken any more. */
  get isOver(): boolean {
    return this.isEnding || this.row.state !== 'running';
  }

  isPastDeadline(monoMs: number): boolean {
    return monoMs >= this.#deadlineMono;
  }

  order(monoMs: number): DrillOrder {
    return {
      drillId: this.row.id,
      deadlineInMs: Math.max(1, Math.round(this.#deadlineMono - monoMs)),
      budgetPerMillion: budgetOf(this.row.definition),
      faults: this.#faults,
    };
  }

  /** Whether calls of this resource are looked at in the report: those that are broken, and those that checks name. */
  isMeant(app: string): (resource: string, type: ResourceType) => boolean {
    const own = app === this.row.app;
    const faults = Object.values(this.row.definition.faults);
    return (resource, type) =>
      (own && faults.some((f) => (f.resource.type ?? type) === type && matches(f.resource, resource))) ||
      this.checks.some(
        ({ check }) =>
          (check.app ?? this.row.app) === app && check.resource === resource && (check.type ?? type) === type,
      );
  }

  /** Apps whose calls the drill is about. */
  get apps(): string[] {
    return [...new Set([this.row.app, ...this.checks.flatMap(({ check }) => check.app ?? [])])];
  }

  log(at: number, event: StoredEvent): void {
    if (event.instanceId !== undefined) {
      const of = event.kind === 'breaker' ? 'breaker' : 'instance';
      if (this.#logged[of] >= maxAlike) return;
      this.#logged[of] += 1;
    }
    this.events.push({ number: this.events.length, at: Math.round(at), event });
  }
}

/** The newest word of the process that stands for a target. */
export const recordOf = (target: DrillTargetEntity): DrillRecord | undefined => target.records[target.bootId];

export function stateOf(target: DrillTargetEntity): DrillTarget['state'] {
  if (target.cleanBy !== null) return 'clean';
  if (!target.connected) return 'offline';
  const record = recordOf(target);
  if (!record) return 'asked';
  return record.state === 'refused' ? 'refused' : record.state === 'active' ? 'active' : 'clean';
}

/** What all processes of a target came to. */
export function countsOf({ records }: DrillTargetEntity): { eligible: number; injected: number } {
  const faults = Object.values(records).flatMap((record) => record.faults);
  return {
    eligible: faults.reduce((sum, { eligible }) => sum + eligible, 0),
    injected: faults.reduce((sum, { injected }) => sum + injected, 0),
  };
}

export interface Totals {
  readonly active: number;
  readonly clean: number;
  readonly injected: number;
}

export function totalsOf(targets: Iterable<DrillTargetEntity>): Totals {
  const totals = { active: 0, clean: 0, injected: 0 };
  for (const target of targets) {
    const state = stateOf(target);
    if (state === 'active') totals.active += 1;
    if (state === 'clean') totals.clean += 1;
    totals.injected += countsOf(target).injected;
  }
  return totals;
}
