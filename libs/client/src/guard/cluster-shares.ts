import {
  type Guard,
  type LimitRule,
  PermitDemand,
  type Place,
  type ResourceState,
  type Rule,
  type Rules,
  type Tally,
} from '@sluice/core';
import type { Leases, LeaseWish } from '@sluice/protocol/client';
import type { Clock } from '../clock.ts';

interface PermitWish {
  readonly demand: PermitDemand;
  lookedMs: number;
}

interface Share {
  readonly rule: string;
  readonly place: Place;
  readonly limit: number;
  readonly untilMs: number;
  /** What is obeyed when nothing newer came in time. */
  readonly afterwards: number;
  /** The whole limit that these are parts of. Of another one they are the same parts. */
  readonly of: number;
}

/** How often demand is told. */
export const demandMs = 500;
/** How many are taken to use a limit while nobody has said it: new instances must not take all of it together. */
const instancesUnheard = 8;

/** The shares of cluster limits that this instance was leased. No call waits for one. */
export class ClusterShares {
  readonly #guard: Guard;
  readonly #clock: Clock;
  readonly #shares = new Map<string, Share>();
  #rules: ReadonlyMap<string, LimitRule> = new Map();
  /** What policies set in place of limits of rules, shared or not. */
  readonly #set = new Map<string, number>();
  /** Of limits of calls under way, how many would be, by resource and rule. */
  readonly #permits = new WeakMap<ResourceState, Map<string, PermitWish>>();
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
    // A rule that goes on for this instance alone counts by its own limit again, or by what a policy has set.
    for (const rule of before.keys())
      if (!this.#rules.has(rule)) this.#guard.adjust(rule, this.#set.get(rule), now);
    for (const [key, share] of this.#shares)
      if (this.#rules.has(share.rule)) this.#obey(share, now);
      else {
        this.#shares.delete(key);
        this.#guard.adjust(share.rule, undefined, now, share.place);
      }
    this.#divide(now);
  }

  /**
   * Sets a limit or threshold to another value than the rule's, and back to it. The limit of a rule that is shared is
   * that of the whole cluster: this instance goes on with the same part of it.
   */
  adjust(ruleId: string, value: number | undefined): void {
    const now = this.#clock.monotonic();
    if (value === undefined) this.#set.delete(ruleId);
    else this.#set.set(ruleId, value);
    const rule = this.#rules.get(ruleId);
    if (!rule) {
      this.#guard.adjust(ruleId, value, now);
      return;
    }
    this.#divideOne(ruleId, rule, now);
    for (const share of this.#shares.values()) if (share.rule === ruleId) this.#obey(share, now);
  }

  take({ ttlMs, leases }: Leases): void {
    const now = this.#clock.monotonic();
    let instances = this.#instances;
    for (const { rule: id, resource, type, limit, fair = limit } of leases) {
      const rule = this.#rules.get(id);
      if (!rule) continue;
      const of = limitOf(rule);
      const share = {
        rule: id,
        place: { resource, type },
        limit,
        untilMs: now + ttlMs,
        afterwards: fair,
        of,
      };
      this.#shares.set(`${id} ${type} ${resource}`, share);
      this.#obey(share, now);
      if (fair > 0) instances = Math.max(1, Math.round(of / fair));
    }
    if (instances === this.#instances) return;
    this.#instances = instances;
    this.#divide(now);
  }

  /** Leases that ran out are followed by the fair share. */
  look(): void {
    const now = this.#clock.monotonic();
    for (const share of this.#shares.values()) if (now >= share.untilMs) this.#obey(share, now);
  }

  #obey(share: Share, now: number): void {
    const rule = this.#rules.get(share.rule);
    if (!rule) return;
    const part = now < share.untilMs ? share.limit : share.afterwards;
    const whole = this.#wholeOf(share.rule, rule);
    // Not by a factor of 1: its rounding would cost a limit of whole calls one of them.
    const limit = whole === share.of ? part : (part / share.of) * whole;
    // Permits are whole, and who had none could never say that he wants one: of those it is one at least.
    const least = rule.algorithm === 'concurrency' && whole > 0 ? 1 : 0;
    this.#guard.adjust(share.rule, Math.max(least, limit), now, share.place);
  }

  /**
   * What this instance would like, by the calls that came in since it was last asked; `tally` is undefined where none
   * came or ended.
   */
  wishes(state: ResourceState, tally: Tally | undefined, ids: () => readonly string[]): LeaseWish[] {
    if (!this.isShared) return [];
    const all = tally ? tally.passed + Object.values(tally.blocked).reduce((sum, each) => sum + each, 0) : 0;
    const { name: resource, type } = state;
    return ids().flatMap((id) => {
      const rule = this.#rules.get(id);
      if (!rule) return [];
      const isAboutAll = rule.when === undefined && rule.effective === undefined;
      const calls = isAboutAll ? all : state.takeAsked(id);
      if (rule.algorithm === 'concurrency') {
        const permits = this.#permitsWanted(state, id, calls, tally);
        return permits ? [{ rule: id, resource, type, calls, ...permits }] : [];
      }
      return calls > 0 ? [{ rule: id, resource, type, calls }] : [];
    });
  }

  /** Of a limit of calls under way it is not how many come that counts, but how many are there together. */
  #permitsWanted(state: ResourceState, id: string, calls: number, tally: Tally | undefined) {
    const now = this.#clock.monotonic();
    const byRule = this.#permits.get(state) ?? new Map<string, PermitWish>();
    this.#permits.set(state, byRule);
    const known = byRule.get(id) ?? { demand: new PermitDemand(), lookedMs: now };
    byRule.set(id, known);
    // Nobody looks while nothing comes: what came now has not come little by little since then.
    known.demand.look(Math.max(0, now - known.lookedMs - demandMs), 0, 0, 0);
    const ended = tally ? tally.success + tally.error : 0;
    const usual = known.demand.look(demandMs, calls, ended, tally?.durationMs ?? 0);
    known.lookedMs = now;
    const held = state.permits(id);
    const wanted = Math.max(usual, held ? held.underWay + held.waiting : 0);
    // Who has none and asks for none says nothing: the server knows silence.
    if (calls === 0 && !(held?.underWay || held?.waiting)) return undefined;
    return { wanted, ...(held && { underWay: held.underWay }) };
  }

  #divide(now: number): void {
    for (const [id, rule] of this.#rules) this.#divideOne(id, rule, now);
  }

  /** Until a lease comes, an instance takes its part by head; at least one call, or it could never begin. */
  #divideOne(id: string, rule: LimitRule, now: number): void {
    const whole = this.#wholeOf(id, rule);
    this.#guard.adjust(id, Math.min(whole, Math.max(1, whole / this.#instances)), now);
  }

  /** The limit for all instances. */
  #wholeOf(id: string, rule: LimitRule): number {
    return this.#set.get(id) ?? limitOf(rule);
  }
}

const isShared = (rule: Rule): rule is LimitRule =>
  rule.kind === 'limit' && rule.scope === 'cluster' && rule.mode !== 'off';

const limitOf = (rule: LimitRule): number => (rule.algorithm === 'concurrency' ? rule.max : rule.limit);
