import type { BreakerChange } from '../breaking/breaker.ts';
import type { Drill } from '../faulting/drill.ts';
import type { ResourceType } from '../model/resource.ts';
import type { SystemSignal } from '../model/rule.ts';
import type { RuleSet } from './compile.ts';
import type { Decisions } from './decisions.ts';
import type { KeyRooms } from './key-rooms.ts';

/** How the process does; what can't be measured is absent. */
export type Readings = Readonly<Partial<Record<SystemSignal, number>>>;

/** What an operator throws at 3 a.m., all off to begin with. */
export interface KillSwitch {
  /** Every rule only watches. */
  readonly monitorOnly: boolean;
  /** No fault is injected any more. */
  readonly noFaults: boolean;
}

/** Which breaker changed. */
export interface BreakerEvent extends BreakerChange {
  readonly ruleId: string;
  readonly resource: string;
  readonly type: ResourceType;
}

/** Another value than the rule's, for the rule wherever it counts and for single resources, which goes first. */
export interface Adjustment {
  everywhere: number | undefined;
  readonly at: Map<string, number>;
}

/** The name under which calls of all resources are counted that are one too many. */
export const otherResources = '__other__';

/** Names a resource among all of a guard. */
export const placeOf = (type: ResourceType, resource: string): string => `${type} ${resource}`;

/** A call that waits for what rules asked of it. */
export interface Waiter {
  /** Other rules count, or they only watch now: it may have nothing to wait for any more. */
  follow(): void;
}

/** What all resources of a guard look at. */
export interface World {
  rules: RuleSet;
  killSwitch: KillSwitch;
  /** Those that break calls now. */
  drills: readonly Drill[];
  readings: Readings;
  /** Wall clock minus the clock of the calls. */
  wallOffsetMs: number;
  /**
   * The latest reading of the clock of the calls. It lies here and isn't handed on, for a number that is handed to a
   * function is allocated.
   */
  nowMs: number;
  /** Grows with everything that makes plans old. */
  version: number;
  /** When that was. */
  changedMs: number;
  /** Limits and thresholds that are not those of the rule: leased shares, results of policies. By rule id. */
  readonly adjusted: Map<string, Adjustment>;
  /** What the keys of each rule share at all resources. */
  readonly keyRooms: KeyRooms;
  /** Calls that wait: they hear of a change from nobody else. */
  readonly waiters: Set<Waiter>;
  readonly decisions: Decisions;
  readonly seed: number;
  /**
   * Never asked. V8 forgets what it knows of a class, and throws away all code that relied on it, whenever it collects
   * garbage while nobody holds one of it.
   */
  readonly kept: object;
  readonly onBreaker: ((event: BreakerEvent) => void) | undefined;
  /** What breakers did in what is going on now. Undefined when all is told, which is nearly always. */
  untold: BreakerEvent[] | undefined;
}

/**
 * Tells what breakers did, when what made them do it is complete: who listens may make calls himself, and those would
 * meet one that is half decided.
 */
export function tell(world: World): void {
  for (;;) {
    const event = world.untold?.shift();
    if (event === undefined) {
      world.untold = undefined;
      return;
    }
    world.onBreaker!(event);
  }
}

/** An answer that is complete. */
export function told<T>(world: World, answer: T): T {
  if (world.untold !== undefined) tell(world);
  return answer;
}
