import { type Guard, type LimitRule, type Place, type Rule, type Rules, type Tally } from '@sluice/core';
import type { Leases, LeaseWish } from '@sluice/protocol/client';
import type { Clock } from '../clock.ts';

interface Share {
  readonly rule: string;
  readonly place: Place;
  readonly limit: number;
  readonly untilMs: number;
  /** What is obeyed when nothing newer came in time. */
  readonly afterwards: number;
}

/** How many are taken to use a limit while nobody has said it: new instances must not take all of it together. */
const instancesUnheard = 8;

/** The shares of cluster limits that this instance was leased. No call waits for one. */
export class ClusterShares {
  readonly #guard: Guard;
  readonly #clock: Clock;
  readonly #shares = new Map<string, Share>();
  #rules: ReadonlyMap<string, LimitRule> = new Map();
  /** Between how many a limit is divided, as far as leases have told. */
  #instances = instancesUnheard;

  constructor(guard: Guard, clock: Clock) {
    this.#guard = guard;
    this.#clock = clock;
  }

  /** Whether some limit is shared with other instances. */
  get isShared(): boolean {
    return this.#rules.size > 0;
  }

  follow(rules: Rules): void {
    const before = this.#rules;
    this.#rules = new Map(
      Object.entries(rules).filter((entry): entry is [string, LimitRule] => isShared(entry[1])),
    );
    const now = this.#clock.monotonic();
    // A rule that goes on for this instance alone counts by its own limit again.
    for (const rule of before.keys()) if (!this.#rules.has(rule)) this.#guard.adjust(rule, undefined, now);
    for (const [key, share] of this.#shares) {
      const rule = this.#rules.get(share.rule);
      if (rule) this.#follow(key, share, before.get(share.rule), rule, now);
      else {
        this.#shares.delete(key);
        this.#guard.adjust(share.rule, undefined, now, share.place);
      }
    }
    this.#divide(now);
  }

  /** A share of a limit that was changed is the same part of it, until the server has divided the new one. */
  #follow(key: string, share: Share, before: LimitRule | undefined, rule: LimitRule, now: number): void {
    const by = before === undefined ? 1 : limitOf(rule) / limitOf(before);
    if (by === 1) return;
    const changed = { ...share, limit: share.limit * by, afterwards: share.afterwards * by };
    this.#shares.set(key, changed);
    this.#obey(rule, changed, now < share.untilMs ? changed.limit : changed.afterwards, now);
  }

  take({ ttlMs, leases }: Leases): void {
    const now = this.#clock.monotonic();
    let instances = this.#instances;
    for (const { rule: id, resource, type, limit, fair = limit } of leases) {
      const rule = this.#rules.get(id);
      if (!rule) continue;
      const share = { rule: id, place: { resource, type }, limit, untilMs: now + ttlMs, afterwards: fair };
      this.#shares.set(`${id} ${type} ${resource}`, share);
      this.#obey(rule, share, limit, now);
      if (fair > 0) instances = Math.max(1, Math.round(limitOf(rule) / fair));
    }
    if (instances === this.#instances) return;
    this.#instances = instances;
    this.#divide(now);
  }

  /** Leases that ran out are followed by the fair share. */
  look(): void {
    const now = this.#clock.monotonic();
    for (const share of this.#shares.values()) {
      const rule = this.#rules.get(share.rule);
      if (rule && now >= share.untilMs) this.#obey(rule, share, share.afterwards, now);
    }
  }

  /** Permits are whole, and who had none could never say that he wants one: of those it is one at least. */
  #obey(rule: LimitRule, share: Share, limit: number, now: number): void {
    const least = rule.algorithm === 'concurrency' ? 1 : 0;
    this.#guard.adjust(share.rule, Math.max(least, limit), now, share.place);
  }

  /** What this instance would like, by the calls that came in. */
  wishes(place: Place, tally: Tally, idsOf: (place: Place) => readonly string[]): LeaseWish[] {
    if (!this.isShared) return [];
    const calls = tally.passed + Object.values(tally.blocked).reduce((sum, each) => sum + each, 0);
    if (calls === 0) return [];
    return idsOf(place)
      .filter((id) => this.#rules.has(id))
      .map((rule) => ({ rule, resource: place.resource, type: place.type, calls }));
  }

  /** Until a lease comes, an instance takes its part by head; at least one call, or it could never begin. */
  #divide(now: number): void {
    for (const [id, rule] of this.#rules) {
      const limit = limitOf(rule);
      this.#guard.adjust(id, Math.min(limit, Math.max(1, limit / this.#instances)), now);
    }
  }
}

const isShared = (rule: Rule): rule is LimitRule =>
  rule.kind === 'limit' && rule.scope === 'cluster' && rule.mode !== 'off';

const limitOf = (rule: LimitRule): number => (rule.algorithm === 'concurrency' ? rule.max : rule.limit);
