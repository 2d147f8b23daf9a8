import type { ReplayVerdict, Rule, Rules } from '@sluice/core';
import type { LogEntry } from './log-line.ts';
import { LogMinutes } from './log-minutes.ts';
import type { LogKey } from './log-words.ts';

interface Count {
  calls: number;
  wouldBlock: number;
}

/** Keys that are told apart, and resources; beyond them, new ones count in the sums only. */
export const mostKeys = 100_000;
/** Of those, so many are told, most first. */
const mostTold = 1000;

/** What rules would have made of the requests of a log, as programs get it. */
export interface LogReport {
  readonly calls: number;
  readonly wouldBlock: number;
  readonly share: number;
  readonly from?: string;
  readonly to?: string;
  /** Minutes with requests. */
  readonly minutes: number;
  /** At most 100,000, those with the most would-blocks, oldest first. */
  readonly byMinute: readonly ({ readonly at: string } & Count)[];
  /** What `byKey` tells apart. */
  readonly key: LogKey;
  /** Keys with would-blocks, most first; at most 1,000. */
  readonly byKey: readonly ({ readonly value: string } & Count)[];
  readonly keysHit: number;
  readonly byResource: readonly ({ readonly value: string } & Count)[];
  readonly resourcesHit: number;
  readonly minutesHit: number;
  /** Requests of minutes, keys and resources that were too many to be told apart; they count everywhere else. */
  readonly left: { readonly minutes: number; readonly keys: number; readonly resources: number };
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
  readonly #minutes = new LogMinutes();
  readonly #keys = new Counts();
  readonly #resources = new Counts();
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
    this.#minutes.add(atMs, isBlocked);
    this.#keys.add(this.#keyOf(entry), isBlocked);
    this.#resources.add(resource, isBlocked);
    for (const id of rules) this.#byRule.set(id, (this.#byRule.get(id) ?? 0) + 1);
  }

  report(): LogReport {
    const { calls, wouldBlock } = this.#all;
    const moment = (ms: number): string => new Date(ms).toISOString();
    const minutes = this.#minutes.report();
    return {
      calls,
      wouldBlock,
      share: calls === 0 ? 0 : wouldBlock / calls,
      ...(calls > 0 && { from: moment(this.#fromMs), to: moment(this.#toMs) }),
      minutes: minutes.minutes,
      byMinute: minutes.told.map(({ atMs, ...minute }) => ({ at: moment(atMs), ...minute })),
      key: this.#key,
      byKey: this.#keys.most(),
      keysHit: this.#keys.hit(),
      byResource: this.#resources.most(),
      resourcesHit: this.#resources.hit(),
      minutesHit: minutes.hit,
      left: { minutes: this.#minutes.left, keys: this.#keys.left, resources: this.#resources.left },
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

/** Requests by what they are told apart by. */
class Counts {
  readonly #counts = new Map<string, Count>();
  /** Requests that count in the sums only. */
  left = 0;

  add(key: string, isBlocked: boolean): void {
    const known = this.#counts.get(key);
    if (known) count(known, isBlocked);
    else if (this.#counts.size < mostKeys) this.#counts.set(key, { calls: 1, wouldBlock: isBlocked ? 1 : 0 });
    else this.left += 1;
  }

  most(): ({ value: string } & Count)[] {
    return [...this.#counts]
      .filter(([, { wouldBlock }]) => wouldBlock > 0)
      .sort(([, a], [, b]) => b.wouldBlock - a.wouldBlock || b.calls - a.calls)
      .slice(0, mostTold)
      .map(([value, each]) => ({ value, ...each }));
  }

  hit(): number {
    return [...this.#counts.values()].filter(({ wouldBlock }) => wouldBlock > 0).length;
  }
}
