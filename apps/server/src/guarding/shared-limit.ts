import type { LimitRule, ResourceType } from '@sluice/core';
import type { Connection } from '../fleet/connection.ts';
import { callShares, fairShares, tolerance } from './fair-shares.ts';

/** So often an instance that has calls reports them. */
const reportMs = 500;
/** They come neither evenly nor in step with the looks at them: who was heard within this time isn't silent. */
const silentMs = 1.5 * reportMs;
/** Of reports that come together, held up on their way, each is of this time at least. */
const leastSpanMs = reportMs / 2;
/** A share is said again so often while it stays the same, and holds for so long. */
const repeatMs = 4000;
export const leaseTtlMs = 10_000;
/** Shares that differ by less stay as they are: each change of a limit costs a little of its exactness. */
const worthwhile = 0.1;
/** Of what was wanted before, what counts at the next look. */
const memory = 0.9;
/** So many standard deviations beside what was expected are no chance: demand has changed. */
const surprise = 3;
/** Below this share of the limit there is something left to give. */
const fullEnough = 0.98;
/** Of the calls under way that were wanted before, what counts at the next look: they are told of, not guessed. */
const permitMemory = 0.5;
/** Calls come by chance: so many standard deviations above the mean of them are under way at times. */
const headroom = 3;

/** Of a limit of calls under way, what an instance told of these. */
export interface Permits {
  /** How many would be under way if none were refused. */
  readonly wanted: number;
  /** How many are; 0 where nobody counts them, because each key has permits of its own. */
  readonly underWay: number;
}

interface Holder {
  /** Since the last look. */
  calls: number;
  /** As of the last report. */
  permits: Permits | undefined;
  reports: number;
  heardAt: number;
  /** Up to when its calls were known then. */
  knownAt: number;
  /** Calls a second, smoothed over so many looks; of calls under way, how many at most. */
  rate: number;
  looks: number;
  share: number;
  sentAt: number;
}

/** Calls a second that use up the limit of a rule, for each unit of it. */
function callsPerSecond(rule: LimitRule): number {
  switch (rule.algorithm) {
    case 'slidingWindow':
      return 1000 / rule.windowMs;
    case 'tokenBucket':
    case 'leakyBucket':
      return 1000 / rule.intervalMs;
    case 'warmUp':
    case 'concurrency':
      return 1;
  }
}

/** Whether it counts whole calls, so that a part of one is of no use. */
export const isWhole = ({ algorithm }: LimitRule): boolean =>
  algorithm === 'slidingWindow' || algorithm === 'concurrency';

/** What there is to divide. */
export interface Division {
  /** This node's part of the whole limit. */
  readonly limit: number;
  /** What each may use when the server is gone: the whole limit by all who are there. */
  readonly fair: number;
  readonly now: number;
}

/** A share to be told. */
export interface Grant {
  readonly connection: Connection;
  readonly limit: number;
  readonly fair: number;
}

/** One limit of the whole cluster at one resource, divided among the instances that are connected to this node. */
export class SharedLimit {
  readonly rule: string;
  readonly resource: string;
  readonly type: ResourceType;
  readonly #holders = new Map<Connection, Holder>();
  usedAt: number;
  #lookedAt: number;

  constructor(rule: string, resource: string, type: ResourceType, now: number) {
    this.rule = rule;
    this.resource = resource;
    this.type = type;
    this.usedAt = now;
    this.#lookedAt = now;
  }

  wish(connection: Connection, calls: number, now: number, permits?: Permits): void {
    const holder = this.#holderOf(connection, now);
    holder.calls += calls;
    holder.permits = permits;
    holder.reports += 1;
    holder.heardAt = now;
    this.usedAt = now;
  }

  gone(connection: Connection): void {
    this.#holders.delete(connection);
  }

  /** What this node's instances want, in calls a second or calls under way, as of the last `divide`. */
  get rate(): number {
    let rate = 0;
    for (const holder of this.#holders.values()) rate += holder.rate;
    return rate;
  }

  get instances(): number {
    return this.#holders.size;
  }

  /** What is leased now; never above what `divide` was given. */
  get leased(): number {
    let leased = 0;
    for (const { share } of this.#holders.values()) leased += share;
    return leased;
  }

  /** What is leased, or used still of a share that was larger: a call under way gives its permit back when it ends. */
  get #taken(): number {
    let taken = 0;
    for (const { share, permits } of this.#holders.values()) taken += Math.max(share, permits?.underWay ?? 0);
    return taken;
  }

  /**
   * Divides `limit`, this node's part of the whole, among everybody who is here, and answers who has to be told. What
   * is taken from one is given to another only the next time: until the first has heard of it, both would use it.
   */
  divide(rule: LimitRule, { limit, fair, now }: Division, everybody: Iterable<Connection>): Grant[] {
    for (const connection of everybody) this.#holderOf(connection, now);
    const holders = [...this.#holders];
    // Who was held up itself has heard nobody, and knows nothing of anybody's silence.
    const isLate = now - this.#lookedAt > silentMs;
    this.#lookedAt = now;
    for (const [, holder] of holders)
      if (holder.permits) follow(holder, holder.reports > 0, now, isLate);
      else if (holder.reports > 0)
        look(holder, Math.max(holder.reports * leastSpanMs, holder.heardAt - holder.knownAt), holder.heardAt);
      // Without calls nothing is reported; but a report of the last half second may be about to come.
      else if (!isLate && now - holder.knownAt >= silentMs)
        look(holder, now - reportMs - holder.knownAt, now - reportMs);
    const wanted = holders.map(([, { rate }]) => rate / callsPerSecond(rule));
    const fairly = fairShares(limit, wanted);
    const shares = isWhole(rule) ? callShares(limit, fairly, wanted) : fairly;
    const changed = this.#isWorthwhile(holders, shares, limit)
      ? this.#move(holders, shares, limit, isWhole(rule))
      : new Set<Holder>();
    return holders.flatMap(([connection, holder]) => {
      if (!changed.has(holder) && now - holder.sentAt < repeatMs) return [];
      holder.sentAt = now;
      return [{ connection, limit: holder.share, fair }];
    });
  }

  #isWorthwhile(
    holders: readonly (readonly [Connection, Holder])[],
    shares: readonly number[],
    limit: number,
  ): boolean {
    const { leased } = this;
    return (
      leased > limit * (1 + 1e-9) ||
      this.#taken < limit * fullEnough ||
      holders.some(
        ([, { share }], i) => Math.abs(shares[i]! - share) > Math.max(share, shares[i]!) * worthwhile,
      )
    );
  }

  /** Takes at once, and gives only what was free before. */
  #move(
    holders: readonly (readonly [Connection, Holder])[],
    shares: readonly number[],
    limit: number,
    whole: boolean,
  ): Set<Holder> {
    const changed = new Set<Holder>();
    const free = Math.max(0, limit - this.#taken);
    let growth = 0;
    for (const [i, [, { share }]] of holders.entries()) growth += Math.max(0, shares[i]! - share);
    const given = growth > 0 ? Math.min(1, free / growth) : 0;
    let left = free;
    for (const [i, [, holder]] of holders.entries()) {
      const by = shares[i]! - holder.share;
      const next = by < 0 ? shares[i]! : holder.share + by * given;
      const share = whole && next >= 1 ? Math.max(Math.floor(next), Math.min(holder.share, next)) : next;
      left -= Math.max(0, share - holder.share);
      if (share === holder.share) continue;
      holder.share = share;
      changed.add(holder);
    }
    // What is too little for a part of it to each is given in whole pieces, first to who lacks most.
    if (!whole || left < 1 - tolerance) return changed;
    const lacks = holders.map(([, holder], i) => ({ holder, lack: shares[i]! - holder.share }));
    for (const { holder, lack } of lacks.sort((a, b) => b.lack - a.lack)) {
      if (left < 1 - tolerance || lack < 1 - tolerance) break;
      holder.share += 1;
      left -= 1;
      changed.add(holder);
    }
    return changed;
  }

  #holderOf(connection: Connection, now: number): Holder {
    const known = this.#holders.get(connection);
    if (known) return known;
    const heard = { calls: 0, permits: undefined, reports: 0, heardAt: now, knownAt: now - reportMs };
    const holder: Holder = { ...heard, rate: 0, looks: 0, share: 0, sentAt: Number.NEGATIVE_INFINITY };
    this.#holders.set(connection, holder);
    return holder;
  }
}

/** Learns from the calls of so much time, which ended at `knownAt`. */
function look(holder: Holder, spanMs: number, knownAt: number): void {
  const { calls } = holder;
  const expected = (holder.rate * spanMs) / 1000;
  const rate = (calls * 1000) / spanMs;
  // Calls come by chance, and following it would cost exactness; what can't be chance is believed at once.
  const isSurprising = Math.abs(calls - expected) > surprise * Math.sqrt(Math.max(expected, calls)) + 2;
  holder.looks = isSurprising ? 1 : holder.looks + 1;
  // At first the mean of what there is, so that nobody is taken for his first half second.
  const weight = Math.max(1 - memory, 1 / holder.looks);
  holder.rate += (rate - holder.rate) * weight;
  if (holder.rate < 0.01) holder.rate = 0;
  holder.calls = 0;
  holder.reports = 0;
  holder.knownAt = knownAt;
}

/** Learns how many calls an instance wants to have under way; who says nothing for a while has none. */
function follow(holder: Holder, isHeard: boolean, now: number, isLate: boolean): void {
  if (!isHeard) {
    if (isLate || now - holder.heardAt < silentMs) return;
    holder.permits = { wanted: 0, underWay: 0 };
  }
  const { wanted } = holder.permits!;
  const most = wanted + headroom * Math.sqrt(wanted);
  holder.rate = holder.rate * permitMemory + most * (1 - permitMemory);
  if (holder.rate < 0.01) holder.rate = 0;
  holder.calls = 0;
  holder.reports = 0;
  holder.knownAt = holder.heardAt;
}
