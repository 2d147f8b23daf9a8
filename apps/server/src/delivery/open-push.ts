import { type ApplyStage, type ApplyState, applyStates } from '@sluice/core';
import type { PushCounts, Verdict } from '@sluice/protocol';
import type { Place } from '../fleet/place.ts';
import type { View } from '../fleet/target.ts';
import { compareHeld, type Holder } from './compare-held.ts';

/** One target of a push, as this node knows it. */
export interface PushTarget {
  readonly instanceId: string;
  readonly state: ApplyState;
  readonly stage?: ApplyStage | undefined;
  readonly error?: string | undefined;
  readonly ms?: number | undefined;
  /** What it holds, of the first namespace that differs, else of the first. */
  readonly digest?: string | undefined;
  /** What it should hold of that. */
  readonly expected?: string | undefined;
  readonly at: number;
}

/** An instance whose word is weighed. */
export interface Witness extends Holder {
  /** It confirmed something before that its memory didn't hold: only its memory is believed. */
  readonly isDoubted: boolean;
}

/** How it came to hold it, where that is the answer to a delivery. */
export interface Answered {
  readonly stage: ApplyStage;
  readonly ms: number;
}

const final: ReadonlySet<ApplyState> = new Set(['applied', 'rejected', 'failed', 'repaired', 'superseded']);
const holding: ReadonlySet<ApplyState> = new Set(['applied', 'repaired']);

const isFinished = (state: ApplyState): boolean => holding.has(state) || state === 'superseded';

/** How a push was begun or taken up again. */
export interface PushHead {
  readonly id: string;
  readonly place: Place;
  /** Everybody of the app is a target; else those to whom one of its layers applies. */
  readonly isForAll: boolean;
  /** By namespace the digest of the content that it laid for everyone; null where it laid none. */
  readonly digests: ReadonlyMap<string, string | null>;
  readonly revision: number;
  readonly createdAt: number;
}

/**
 * A push in the memory of a node: its targets, their states, and what changed since they were last written. Whether a
 * target holds it is read from what the target must hold now, so that other pushes may lie above and below.
 */
export class OpenPush {
  readonly id: string;
  readonly place: Place;
  readonly createdAt: number;
  digests: ReadonlyMap<string, string | null>;
  /** The newest revision that it took; older targets say nothing of it. */
  revision: number;
  isForAll: boolean;
  /** Its layers are gone, and its targets must hold what they would without them. */
  isOver = false;
  /** Others have taken the place of all its layers. */
  isGone = false;
  /** Its targets are known: the layers of its revision have been read. */
  isLaid = false;
  readonly targets = new Map<string, PushTarget>();
  /** Targets whose row has to be written, and those whose row has to go. */
  readonly unwritten = new Set<string>();
  readonly dropped = new Set<string>();
  settled = false;
  /** Instances that were not connected when it began are among its targets. */
  hasOffline = false;
  /** Its acks have been checked against live memory. */
  probed = false;
  /** When it began, or took its last turn: what the times of its targets count from. */
  turnedAt: number;
  /** Since when answers are waited for, on the steady clock; undefined until somebody has looked after its last turn. */
  waitingSince: number | undefined;

  constructor(head: PushHead) {
    this.id = head.id;
    this.place = head.place;
    this.digests = head.digests;
    this.revision = head.revision;
    this.createdAt = head.createdAt;
    this.isForAll = head.isForAll;
    this.turnedAt = head.createdAt;
  }

  /** Targets that don't hold it, or not without a complaint. While there are none, evidence changes nothing. */
  #unfinished = 0;

  /** It took another revision: a step, a change in its cohort, a promotion, an end. Its verdict is open again. */
  turn(revision: number, at: number): void {
    if (revision <= this.revision) return;
    this.revision = revision;
    this.isLaid = false;
    this.hasOffline = false;
    this.reopen(at);
  }

  /** Its answers are waited for anew. */
  reopen(at: number): void {
    this.turnedAt = at;
    this.waitingSince = undefined;
    this.probed = false;
    this.settled = false;
  }

  /** It was made global: what it laid for some is everybody's now. */
  promote(digests: ReadonlyMap<string, string | null>, revision: number, at: number): void {
    this.turn(revision, at);
    this.digests = digests;
    this.isForAll = true;
  }

  /** Its layers are gone: each target that had them has to show what it holds without. */
  end(revision: number, at: number): void {
    this.turn(revision, at);
    this.isOver = true;
    for (const target of this.targets.values())
      if (target.state !== 'offline') this.set({ instanceId: target.instanceId, state: 'pending', at });
  }

  /** Whether this view, of a target that is new enough, makes its instance a target. */
  isFor(view: View): boolean {
    if (this.isForAll) return true;
    for (const name of this.digests.keys()) if (view.namespaces.get(name)?.carries(this.id)) return true;
    return false;
  }

  /** A target whose row has to be written. */
  set(target: PushTarget): void {
    this.take(target);
    this.unwritten.add(target.instanceId);
    if (this.dropped.size > 0) this.dropped.delete(target.instanceId);
  }

  /** A target as its row says already. */
  take(target: PushTarget): void {
    const before = this.targets.get(target.instanceId);
    if (before && !isFinished(before.state)) this.#unfinished--;
    if (!isFinished(target.state)) this.#unfinished++;
    this.targets.set(target.instanceId, target);
  }

  /** It is no longer for this instance. */
  drop(instanceId: string): void {
    const before = this.targets.get(instanceId);
    if (!before) return;
    if (!isFinished(before.state)) this.#unfinished--;
    this.targets.delete(instanceId);
    this.unwritten.delete(instanceId);
    this.dropped.add(instanceId);
  }

  /** It is for everybody, and every target has come to hold it: nothing that is found from now on changes that. */
  get isThrough(): boolean {
    return this.isForAll && this.isLaid && this.#unfinished === 0 && !this.isOver;
  }

  /** Takes in what an instance holds against what it must. Returns whether that changed anything. */
  weigh(holder: Witness, view: View, now: number, answered?: Answered): boolean {
    if (this.#unfinished === 0) return false;
    const before = this.targets.get(holder.instanceId);
    if (!before) return false;
    const found = compareHeld(holder, view, this.digests.keys());
    const state = this.#stateBy(found.state, holder, view, before.state);
    const error = state === 'rejected' || state === 'failed' ? found.error : undefined;
    if (state === undefined || (state === before.state && error === before.error)) return false;
    // Thousands of these are made in a row; an object of one shape is several times as fast as one of spreads.
    this.set({
      instanceId: before.instanceId,
      state,
      stage: answered?.stage,
      error,
      ms: answered && Math.round(answered.ms),
      digest: found.digest,
      expected: found.expected,
      at: now,
    });
    return true;
  }

  #stateBy(
    found: ReturnType<typeof compareHeld>['state'],
    holder: Witness,
    view: View,
    before: ApplyState,
  ): ApplyState | undefined {
    if (!this.isOver && !this.#isIn(view)) {
      // Another push has taken its place; the answer to this one may still be on its way.
      if (final.has(before)) return undefined;
      if (this.#holdsAsLaid(holder)) return 'applied';
      return holder.revision > this.revision ? 'superseded' : undefined;
    }
    if (found === 'same' || found === 'failed') {
      if (before === 'drifted' && holder.isDoubted) return undefined;
      if (found === 'failed') return 'failed';
      return before === 'drifted' || before === 'repaired' ? 'repaired' : 'applied';
    }
    return found === 'rejected' && !holding.has(before) ? 'rejected' : undefined;
  }

  #isIn(view: View): boolean {
    for (const name of this.digests.keys()) if (view.namespaces.get(name)?.carries(this.id)) return true;
    return false;
  }

  #holdsAsLaid(holder: Holder): boolean {
    for (const [name, digest] of this.digests)
      if (digest === null || holder.holds.get(name)?.digest !== digest) return false;
    return true;
  }

  /** An instance that had answered holds something else now. Returns whether that is news. */
  drifted(instanceId: string, digest: string | undefined, expected: string, now: number): boolean {
    const before = this.targets.get(instanceId);
    if (!before || !(holding.has(before.state) || before.state === 'failed')) return false;
    const error = 'its memory holds something else than it confirmed';
    const { stage, ms } = before;
    this.set({ instanceId, state: 'drifted', stage, error, ms, digest, expected, at: now });
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
    return verdictOf(this.targets.values(), this.turnedAt, now);
  }
}

/** Counts targets by state and says how many hold what was released. */
export function verdictOf(targets: Iterable<PushTarget>, since: number, now: number): Verdict {
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
    ...(lastAppliedAt >= 0 && { lastAppliedMs: Math.max(0, lastAppliedAt - since) }),
    at: new Date(now).toISOString(),
  };
}

/** Those of the targets who can be reached and still have to hold it: offline ones get it when they return. */
export function reachableOf(counts: PushCounts): number {
  const { applied, repaired, pending, rejected, failed, timeout, drifted } = counts;
  return applied + repaired + pending + rejected + failed + timeout + drifted;
}
