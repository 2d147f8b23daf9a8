import {
  type BlockCode,
  blockCodes,
  type Outcome,
  otherResources,
  outcomes,
  type ResourceType,
} from '@sluice/core';
import type { Unsubscribe } from '../config/change-meta.ts';
import type { BreakerTurn } from '../guard/guarding.ts';
import type { ResourceCalls } from '../report/calls-second.ts';
import type { Sluice } from '../sluice.ts';

/** What calls of one resource came to since somebody began to count. */
export interface ResourceTotals {
  readonly resource: string;
  readonly type: ResourceType;
  passed: number;
  readonly blocked: Record<BlockCode, number>;
  wouldBlock: number;
  waited: number;
  gaveUp: number;
  success: number;
  errors: number;
  aborted: number;
  degraded: number;
  injected: number;
  /** How those ended that a fault was injected into. */
  readonly injectedEnds: Record<Outcome, number>;
  durationMs: number;
  /** Calls by the bound that they lay below; those above the last one only count in `timed`. */
  readonly durations: number[];
  /** Calls whose duration is known. */
  timed: number;
}

/** What one rule did at one resource. */
export interface RuleTotals {
  readonly rule: string;
  readonly resource: string;
  readonly type: ResourceType;
  blocked: number;
  wouldBlock: number;
}

export interface CallTotalsOptions {
  /** Resources that are told by name; those that come later are told as one, `__other__`. */
  readonly maxResources: number;
  /** Upper bounds of durations, rising. */
  readonly boundsSec: readonly number[];
}

const plain = [
  'passed',
  'wouldBlock',
  'waited',
  'gaveUp',
  'success',
  'errors',
  'aborted',
  'degraded',
  'injected',
  'durationMs',
] as const;
/** Rules at one resource that are told by name, for each resource that may be. */
const rulesPerResource = 4;

/** Counts of calls that only grow, as metrics want them. Bounded, whatever names calls come under. */
export class CallTotals {
  readonly resources = new Map<string, ResourceTotals>();
  readonly rules = new Map<string, RuleTotals>();
  /** Breakers that turned, with how often. */
  readonly turns = new Map<string, { readonly turn: BreakerTurn; count: number }>();
  readonly #named = new Set<string>();
  readonly #maxResources: number;
  readonly #boundsMs: readonly number[];
  readonly #stops: readonly Unsubscribe[];

  constructor(sluice: Sluice, { maxResources, boundsSec }: CallTotalsOptions) {
    if (!Number.isInteger(maxResources) || maxResources < 1)
      throw new TypeError(`maxResources is a whole number from 1 on; got ${maxResources}`);
    this.#maxResources = maxResources;
    this.#boundsMs = boundsSec.map((bound) => bound * 1000);
    this.#stops = [
      sluice.on('calls', ({ resources }) => {
        for (const calls of resources) this.#add(calls);
      }),
      sluice.on('breaker', (turn) => this.#turned(turn)),
    ];
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }

  /** The name under which a resource is told: its own, as long as there is room for names. */
  nameOf(resource: string, type: ResourceType): string {
    const key = `${type} ${resource}`;
    if (this.#named.has(key)) return resource;
    if (this.#named.size >= this.#maxResources) return otherResources;
    this.#named.add(key);
    return resource;
  }

  #add(calls: ResourceCalls): void {
    const { type, rules, blocked, durations } = calls;
    const resource = this.nameOf(calls.resource, type);
    const totals = this.#totalsOf(resource, type);
    for (const field of plain) totals[field] += calls[field];
    for (const code of blockCodes) totals.blocked[code] += blocked[code];
    for (const outcome of outcomes) totals.injectedEnds[outcome] += calls.injectedEnds[outcome];
    for (const [belowMs, count] of durations) {
      totals.timed += count;
      const bound = this.#boundsMs.findIndex((each) => belowMs <= each);
      if (bound >= 0) totals.durations[bound]! += count;
    }
    for (const { rule, blocked: refused, wouldBlock } of rules) {
      const total = this.#ruleOf(rule, resource, type);
      total.blocked += refused;
      total.wouldBlock += wouldBlock;
    }
  }

  #totalsOf(resource: string, type: ResourceType): ResourceTotals {
    const key = `${type} ${resource}`;
    const known = this.resources.get(key);
    if (known) return known;
    const zeros = Object.fromEntries(plain.map((field) => [field, 0])) as Record<
      (typeof plain)[number],
      number
    >;
    const blocked = Object.fromEntries(blockCodes.map((code) => [code, 0])) as Record<BlockCode, number>;
    const totals: ResourceTotals = {
      resource,
      type,
      ...zeros,
      blocked,
      injectedEnds: { success: 0, error: 0, abort: 0 },
      durations: this.#boundsMs.map(() => 0),
      timed: 0,
    };
    this.resources.set(key, totals);
    return totals;
  }

  #ruleOf(rule: string, resource: string, type: ResourceType): RuleTotals {
    const isFull = this.rules.size >= this.#maxResources * rulesPerResource;
    const key = `${rule} ${type} ${resource}`;
    const known = this.rules.get(key);
    if (known) return known;
    // One more of them for each kind of resource: what is left over.
    if (isFull && rule !== otherResources) return this.#ruleOf(otherResources, otherResources, type);
    const total = { rule, resource, type, blocked: 0, wouldBlock: 0 };
    this.rules.set(key, total);
    return total;
  }

  #turned(turn: BreakerTurn): void {
    const { rule, type, from, to, reason } = turn;
    const resource = this.nameOf(turn.resource, type);
    const key = [rule, type, resource, from, to, reason].join(' ');
    const known = this.turns.get(key);
    if (known) known.count += 1;
    else if (this.turns.size < this.#maxResources * rulesPerResource)
      this.turns.set(key, { turn: { ...turn, resource }, count: 1 });
  }
}
