import { type ApplyStage, type ApplyState, applyStates } from '@sluice/core';
import type { PushCounts, Verdict } from '@sluice/protocol';
import type { Place } from '../fleet/place.ts';

/** One target of a push, as this node knows it. */
export interface PushTarget {
  readonly instanceId: string;
  readonly state: ApplyState;
  readonly stage?: ApplyStage | undefined;
  readonly error?: string | undefined;
  readonly ms?: number | undefined;
  readonly digest?: string | undefined;
  readonly at: number;
}

/** What an ack, a hello or a probe says about one namespace of one instance. */
export interface Evidence {
  readonly instanceId: string;
  /** What it holds; absent when it holds nothing of the namespace. */
  readonly digest: string | undefined;
  readonly revision: number;
  readonly state: 'applied' | 'rejected' | 'failed';
  /** The digest that it was sent, where this answers a delivery. */
  readonly sentDigest?: string | undefined;
  readonly stage?: ApplyStage;
  readonly error?: string | undefined;
  readonly ms?: number;
}

const final: ReadonlySet<ApplyState> = new Set(['applied', 'rejected', 'failed', 'repaired', 'superseded']);
const holding: ReadonlySet<ApplyState> = new Set(['applied', 'repaired']);

const isFinished = (state: ApplyState): boolean => holding.has(state) || state === 'superseded';

/** A push in the memory of a node: its targets, their states, and what changed since they were last written. */
export class OpenPush {
  readonly id: string;
  readonly place: Place;
  readonly namespace: string;
  readonly digest: string;
  readonly revision: number;
  readonly createdAt: number;
  readonly targets = new Map<string, PushTarget>();
  /** Targets whose row has to be written. */
  readonly unwritten = new Set<string>();
  settled = false;
  /** Instances that were not connected when it began are among its targets. */
  hasOffline = false;
  /** Its acks have been checked against live memory. */
  probed = false;
  /** Since when answers are waited for: its publish, or this node's start when that was later. */
  waitingSince: number;

  constructor(push: {
    id: string;
    place: Place;
    namespace: string;
    digest: string;
    revision: number;
    createdAt: number;
  }) {
    this.id = push.id;
    this.place = push.place;
    this.namespace = push.namespace;
    this.digest = push.digest;
    this.revision = push.revision;
    this.createdAt = push.createdAt;
    this.waitingSince = push.createdAt;
  }

  /** Targets that don't hold it, or not without a complaint. While there are none, evidence changes nothing. */
  #unfinished = 0;

  /** A target whose row has to be written. */
  set(target: PushTarget): void {
    this.take(target);
    this.unwritten.add(target.instanceId);
  }

  /** A target as its row says already. */
  take(target: PushTarget): void {
    const before = this.targets.get(target.instanceId);
    if (before && !isFinished(before.state)) this.#unfinished--;
    if (!isFinished(target.state)) this.#unfinished++;
    this.targets.set(target.instanceId, target);
  }

  /** Takes in what an instance says. Returns whether that changed anything. */
  weigh(evidence: Evidence, now: number): boolean {
    if (this.#unfinished === 0) return false;
    const before = this.targets.get(evidence.instanceId);
    if (!before || (before.state === 'applied' && evidence.digest !== this.digest)) return false;
    const state = this.#stateBy(evidence, before.state);
    if (state === undefined || (state === before.state && evidence.error === before.error)) return false;
    // Thousands of these are made in a row; an object of one shape is several times as fast as one of spreads.
    this.set({
      instanceId: before.instanceId,
      state,
      stage: evidence.stage,
      error: state === 'applied' ? undefined : evidence.error,
      ms: evidence.ms === undefined ? undefined : Math.round(evidence.ms),
      digest: evidence.digest,
      at: now,
    });
    return true;
  }

  #stateBy(evidence: Evidence, before: ApplyState): ApplyState | undefined {
    if (evidence.digest === this.digest) {
      // That it holds the value doesn't unsay what its listener threw.
      if (before === 'failed' && evidence.stage === undefined) return undefined;
      if (before === 'drifted' || before === 'repaired')
        return evidence.state === 'failed' ? 'failed' : 'repaired';
      return evidence.state === 'failed' ? 'failed' : 'applied';
    }
    if (evidence.state === 'rejected' && evidence.sentDigest === this.digest) return 'rejected';
    // It went past this push without stopping here.
    if (evidence.revision > this.revision && !final.has(before)) return 'superseded';
    return undefined;
  }

  /** An instance that had answered holds something else now. Returns whether that is news. */
  drifted(instanceId: string, digest: string | undefined, now: number): boolean {
    const before = this.targets.get(instanceId);
    if (!before || !(holding.has(before.state) || before.state === 'failed')) return false;
    const error = 'its memory holds something else than it confirmed';
    this.set({ instanceId, state: 'drifted', stage: before.stage, error, ms: before.ms, digest, at: now });
    return true;
  }

  /** Reachable targets that have stayed silent. Returns whether there were any. */
  giveUpPending(now: number): boolean {
    let any = false;
    for (const target of this.targets.values()) {
      if (target.state !== 'pending') continue;
      this.set({ ...target, state: 'timeout', at: now });
      any = true;
    }
    return any;
  }

  get hasPending(): boolean {
    for (const target of this.targets.values()) if (target.state === 'pending') return true;
    return false;
  }

  verdict(now: number): Verdict {
    return verdictOf(this.targets.values(), this.createdAt, now);
  }
}

/** Counts targets by state and says how many hold what was released. */
export function verdictOf(targets: Iterable<PushTarget>, createdAt: number, now: number): Verdict {
  const counts = Object.fromEntries(applyStates.map((state) => [state, 0])) as PushCounts;
  let total = 0;
  let lastAppliedAt = -1;
  for (const target of targets) {
    total++;
    counts[target.state]++;
    if (holding.has(target.state)) lastAppliedAt = Math.max(lastAppliedAt, target.at);
  }
  return {
    holding: counts.applied + counts.repaired,
    targets: total,
    counts,
    ...(lastAppliedAt >= 0 && { lastAppliedMs: Math.max(0, lastAppliedAt - createdAt) }),
    at: new Date(now).toISOString(),
  };
}

/** Every target that can be reached holds it: offline ones get it when they return. */
export function isConverged(counts: PushCounts): boolean {
  return counts.pending + counts.rejected + counts.failed + counts.timeout + counts.drifted === 0;
}
