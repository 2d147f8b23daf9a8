import type { ResourceType } from '@sluice/core';
import type { ResourceSecond } from '@sluice/protocol/client';
import { LastMinute } from './last-minute.ts';
import { Ring } from './ring.ts';
import { Sum } from './sum.ts';
import { addSecond, at, fieldCount } from './tally-fields.ts';

export const secondMs = 1000;
export const minuteMs = 60_000;
export const hourMs = 3_600_000;
/**
 * Seconds of five minutes, and steps of ten seconds of an hour: one more than fit, for the first and the last step of
 * such a time are parts, and some to spare, so that one who asks a moment later, or by another clock, finds the oldest.
 */
const secondsKept = 300 + 5;
const tensKept = 360 + 2;
export const secondsRing = (): Ring => new Ring(secondMs, secondsKept);
export const tensRing = (): Ring => new Ring(10 * secondMs, tensKept);
/** Rules whose last minute is kept. */
const rulesKept = 1000;
/** Sums that are kept in memory, so that late reports still reach them. */
const sumsKept = 3;

/** Everything that is in memory of one resource of one app. */
export class Series {
  readonly resource: string;
  readonly type: ResourceType;
  firstSeenAt: number;
  lastSeenAt: number;
  /** The row that says so has to be written. */
  isSeenUnwritten = true;
  seconds = secondsRing();
  tens = tensRing();
  readonly #sums = new Map<number, Map<number, Sum>>([
    [minuteMs, new Map()],
    [hourMs, new Map()],
  ]);
  /** Of times that are to come again, since the clock was set back. */
  readonly #left = new Map<number, Sum[]>();
  readonly #instances = new Map<string, LastMinute>();
  /** What each rule refused, and would have refused. */
  readonly #rules = new Map<string, LastMinute>();

  constructor(resource: string, type: ResourceType, seenAt: number) {
    this.resource = resource;
    this.type = type;
    this.firstSeenAt = seenAt;
    this.lastSeenAt = seenAt;
  }

  /**
   * Takes in what an instance told of the second that began at `beganMs`. `mayGrow`: whether there is room for an
   * instance that hasn't told of it in the last minute; those that have are told apart whole or not at all. Answers how
   * many calls all instances had under way in that second, as far as it is told.
   */
  add(beganMs: number, second: ResourceSecond, instanceId: string, mayGrow = true): number {
    const active = this.seconds.activeAt(beganMs) + second.active;
    this.seconds.add(beganMs, second, active);
    this.tens.add(beganMs, second, active);
    for (const stepMs of this.#sums.keys()) this.#sumAt(stepMs, beganMs)?.add(second, active);
    if (beganMs + secondMs > this.lastSeenAt) {
      this.lastSeenAt = beganMs + secondMs;
      this.isSeenUnwritten = true;
    }
    const step = Math.floor(beganMs / secondMs);
    if (mayGrow || this.#instances.has(instanceId)) this.#addInstance(step, instanceId, second);
    this.#addRules(step, second);
    return active;
  }

  opened(atMs: number): void {
    this.seconds.opened(atMs);
    this.tens.opened(atMs);
    for (const stepMs of this.#sums.keys()) this.#sumAt(stepMs, atMs)?.opened();
  }

  /** Minutes or hours that are in memory, oldest first. */
  sums(stepMs: number): Sum[] {
    const left = this.#left.get(stepMs)?.filter(({ isUnwritten }) => isUnwritten) ?? [];
    return [...(this.#sums.get(stepMs)?.values() ?? []), ...left].sort((a, b) => a.atMs - b.atMs);
  }

  /** Gives the memory of its rings back, when nothing in them is young enough to be asked for. */
  rest(): void {
    this.seconds = secondsRing();
    this.tens = tensRing();
  }

  /** Forgets all but the sums: it was told by a clock that is `nowMs` again. Those of later are begun anew then. */
  startAnew(nowMs: number): void {
    this.rest();
    for (const [stepMs, sums] of this.#sums) {
      const later = [...sums.values()].filter(({ atMs }) => atMs > nowMs);
      for (const { atMs } of later) sums.delete(atMs);
      this.#left.set(stepMs, [...(this.#left.get(stepMs) ?? []), ...later].slice(-sumsKept));
    }
    this.#instances.clear();
    this.#rules.clear();
    this.lastSeenAt = Math.min(this.lastSeenAt, nowMs);
  }

  /** Whether something of it has still to be written. */
  get hasUnwritten(): boolean {
    return [...this.#sums.keys()].some((stepMs) => this.sums(stepMs).some(({ isUnwritten }) => isUnwritten));
  }

  get instanceCount(): number {
    return this.#instances.size;
  }

  /** What each instance told of the last minute, one row of numbers each; forgets those that told nothing. */
  instances(nowMs: number): Map<string, Float64Array> {
    const told = new Map<string, Float64Array>();
    for (const [instanceId, minute] of this.#instances) {
      const sum = minute.sum(nowMs, fieldCount);
      if (sum[at.told]! > 0) told.set(instanceId, sum);
      else this.#instances.delete(instanceId);
    }
    return told;
  }

  /** What single rules did in the last minute; forgets those that did nothing. */
  rules(nowMs: number): { rule: string; blocked: number; wouldBlock: number }[] {
    const told: { rule: string; blocked: number; wouldBlock: number }[] = [];
    for (const [rule, minute] of this.#rules) {
      const [blocked = 0, wouldBlock = 0] = minute.sum(nowMs, 2);
      if (blocked + wouldBlock > 0) told.push({ rule, blocked, wouldBlock });
      else this.#rules.delete(rule);
    }
    return told.sort((a, b) => b.blocked - a.blocked || b.wouldBlock - a.wouldBlock);
  }

  /** The sum of a time that is in memory, or may be; undefined when it has been given up. */
  #sumAt(stepMs: number, momentMs: number): Sum | undefined {
    const sums = this.#sums.get(stepMs)!;
    const atMs = Math.floor(momentMs / stepMs) * stepMs;
    const known = sums.get(atMs);
    if (known) return known;
    const written = [...sums.values()].filter(({ isUnwritten }) => !isUnwritten);
    if (sums.size >= sumsKept && written.length > 0) {
      const oldest = Math.min(...written.map((sum) => sum.atMs));
      // A late report of a time before those that are kept would begin its row anew, and lose what was written.
      if (atMs < oldest) return undefined;
      sums.delete(oldest);
    }
    // The clock may be where it was before: what was told then goes on.
    const left = this.#left.get(stepMs) ?? [];
    const made = left.find((sum) => sum.atMs === atMs) ?? new Sum(atMs);
    if (left.includes(made))
      this.#left.set(
        stepMs,
        left.filter((sum) => sum !== made),
      );
    sums.set(atMs, made);
    return made;
  }

  #addInstance(step: number, instanceId: string, second: ResourceSecond): void {
    const own = this.#instances.get(instanceId) ?? new LastMinute(at.active);
    this.#instances.set(instanceId, own);
    const row = new Array<number>(fieldCount).fill(0);
    addSecond(row, 0, second);
    row[at.active] = second.active;
    own.add(step, row);
  }

  #addRules(step: number, second: ResourceSecond): void {
    for (const { rule, blocked, wouldBlock } of second.rules) {
      let own = this.#rules.get(rule);
      if (!own && this.#rules.size < rulesKept) {
        own = new LastMinute();
        this.#rules.set(rule, own);
      }
      own?.add(step, [blocked, wouldBlock]);
    }
  }
}
