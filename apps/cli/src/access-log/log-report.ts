import type { ReplayVerdict, Rule, Rules } from '@sluice/core';
import type { LogEntry } from './log-line.ts';
import type { LogKey } from './log-words.ts';

interface Count {
  calls: number;
  wouldBlock: number;
}

/** Keys that are told apart; beyond them, new ones count in the sums only. */
const mostKeys = 100_000;
/** Of those, so many are told, most first. */
const mostTold = 1000;
const minuteMs = 60_000;

/** What rules would have made of the requests of a log, as programs get it. */
export interface LogReport {
  readonly calls: number;
  readonly wouldBlock: number;
  readonly share: number;
  readonly from?: string;
  readonly to?: string;
  readonly byMinute: readonly ({ readonly at: string } & Count)[];
  /** What `byKey` tells apart. */
  readonly key: LogKey;
  /** Keys with would-blocks, most first; at most 1,000. */
  readonly byKey: readonly ({ readonly value: string } & Count)[];
  readonly keysHit: number;
  readonly byResource: readonly ({ readonly value: string } & Count)[];
  readonly resourcesHit: number;
  readonly minutesHit: number;
  readonly rules: readonly {
    readonly rule: string;
    readonly mode: Rule['mode'];
    readonly wouldBlock: number;
  }[];
}

/** Adds up decisions as they come, in memory that doesn't grow with the log. */
export class LogTally {
  readonly #rules: Rules;
  readonly #key: LogKey;
  readonly #keyOf: (entry: LogEntry) => string;
  readonly #minutes = new Map<number, Count>();
  readonly #keys = new Map<string, Count>();
  readonly #resources = new Map<string, Count>();
  readonly #byRule = new Map<string, number>();
  readonly #all: Count = { calls: 0, wouldBlock: 0 };
  #fromMs = Number.POSITIVE_INFINITY;
  #toMs = Number.NEGATIVE_INFINITY;

  constructor(rules: Rules, key: LogKey) {
    this.#rules = rules;
    this.#key = key;
    this.#keyOf = keyReader(key);
    for (const id of Object.keys(rules)) this.#byRule.set(id, 0);
  }

  add(entry: LogEntry, resource: string, verdict: ReplayVerdict, rules: readonly string[]): void {
    const { atMs } = entry;
    const isBlocked = verdict !== 'pass';
    if (atMs < this.#fromMs) this.#fromMs = atMs;
    if (atMs > this.#toMs) this.#toMs = atMs;
    count(this.#all, isBlocked);
    countIn(this.#minutes, Math.floor(atMs / minuteMs) * minuteMs, isBlocked);
    countIn(this.#keys, this.#keyOf(entry), isBlocked);
    countIn(this.#resources, resource, isBlocked);
    for (const id of rules) this.#byRule.set(id, (this.#byRule.get(id) ?? 0) + 1);
  }

  report(): LogReport {
    const { calls, wouldBlock } = this.#all;
    const moment = (ms: number): string => new Date(ms).toISOString();
    return {
      calls,
      wouldBlock,
      share: calls === 0 ? 0 : wouldBlock / calls,
      ...(calls > 0 && { from: moment(this.#fromMs), to: moment(this.#toMs) }),
      byMinute: [...this.#minutes]
        .sort(([a], [b]) => a - b)
        .map(([atMs, minute]) => ({ at: moment(atMs), ...minute })),
      key: this.#key,
      byKey: most(this.#keys),
      keysHit: hit(this.#keys),
      byResource: most(this.#resources),
      resourcesHit: hit(this.#resources),
      minutesHit: hit(this.#minutes),
      rules: [...this.#byRule].map(([rule, refused]) => ({
        rule,
        mode: this.#rules[rule]?.mode ?? 'off',
        wouldBlock: refused,
      })),
    };
  }
}

/** What requests are told apart by; an absent one is the empty text. */
function keyReader(key: LogKey): (entry: LogEntry) => string {
  switch (key) {
    case 'user':
      return ({ user }) => user ?? '';
    case 'user-agent':
      return ({ userAgent }) => userAgent ?? '';
    case 'referer':
      return ({ referer }) => referer ?? '';
    case 'ip':
      return ({ ip }) => ip;
  }
}

function count(of: Count, isBlocked: boolean): void {
  of.calls += 1;
  if (isBlocked) of.wouldBlock += 1;
}

function countIn<K>(counts: Map<K, Count>, key: K, isBlocked: boolean): void {
  const known = counts.get(key);
  if (known) count(known, isBlocked);
  else if (counts.size < mostKeys) counts.set(key, { calls: 1, wouldBlock: isBlocked ? 1 : 0 });
}

const most = (counts: ReadonlyMap<string, Count>): ({ value: string } & Count)[] =>
  [...counts]
    .filter(([, { wouldBlock }]) => wouldBlock > 0)
    .sort(([, a], [, b]) => b.wouldBlock - a.wouldBlock || b.calls - a.calls)
    .slice(0, mostTold)
    .map(([value, each]) => ({ value, ...each }));

const hit = (counts: ReadonlyMap<unknown, Count>): number =>
  [...counts.values()].filter(({ wouldBlock }) => wouldBlock > 0).length;
