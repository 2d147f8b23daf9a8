import type { Guard, Place, Rules, Tally } from '@sluice/core';
import type { Leases, LeaseWish } from '@sluice/protocol/client';
import type { Clock } from '../clock.ts';

interface Share {
  readonly rule: string;
  readonly place: Place;
  readonly untilMs: number;
  /** What is obeyed when nothing newer came in time. */
  readonly afterwards: number;
}

/** The shares of cluster limits that this instance was leased. No call waits for one. */
export class ClusterShares {
  readonly #guard: Guard;
  readonly #clock: Clock;
  readonly #shares = new Map<string, Share>();
  #rules: ReadonlySet<string> = new Set();

  constructor(guard: Guard, clock: Clock) {
    this.#guard = guard;
    this.#clock = clock;
  }

  /** Whether some limit is shared with other instances. */
  get isShared(): boolean {
    return this.#rules.size > 0;
  }

  follow(rules: Rules): void {
    const shared = Object.entries(rules).filter(
      ([, rule]) => rule.kind === 'limit' && rule.scope === 'cluster' && rule.mode !== 'off',
    );
    this.#rules = new Set(shared.map(([id]) => id));
    for (const [key, { rule, place }] of this.#shares) {
      if (this.#rules.has(rule)) continue;
      this.#shares.delete(key);
      // A rule that goes on for this instance alone counts by its own limit again.
      this.#guard.adjust(rule, undefined, this.#clock.monotonic(), place);
    }
  }

  take({ ttlMs, leases }: Leases): void {
    const now = this.#clock.monotonic();
    for (const { rule, resource, type, limit, fair = limit } of leases) {
      if (!this.#rules.has(rule)) continue;
      const place = { resource, type };
      this.#shares.set(`${rule} ${type} ${resource}`, {
        rule,
        place,
        untilMs: now + ttlMs,
        afterwards: fair,
      });
      this.#guard.adjust(rule, limit, now, place);
    }
  }

  /** Leases that ran out are followed by the fair share. */
  look(): void {
    const now = this.#clock.monotonic();
    for (const { rule, place, untilMs, afterwards } of this.#shares.values())
      if (now >= untilMs) this.#guard.adjust(rule, afterwards, now, place);
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
}
