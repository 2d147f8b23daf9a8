import type { ResourceType } from '@sluice/core';
import type { ResourceSecond } from '@sluice/protocol/client';
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
/** A minute is told of in parts of ten seconds, one for each instance. */
const partMs = 10_000;
const partsKept = 7;
/** Sums that are kept in memory, so that late reports still reach them. */
const sumsKept = 3;

/** How single rules did in ten seconds. */
type RuleCounts = Map<string, { blocked: number; wouldBlock: number }>;

/** Everything that is in memory of one resource of one app. */
export class Series {
  readonly resource: string;
  readonly type: ResourceType;
  firstSeenAt: number;
  lastSeenAt: number;
  /** The row that says so has to be written. */
  isSeenUnwritten = true;
  seconds = new Ring(secondMs, secondsKept);
  tens = new Ring(10 * secondMs, tensKept);
  readonly #sums = new Map<number, Map<number, Sum>>([
    [minuteMs, new Map()],
    [hourMs, new Map()],
  ]);
  /** The last minute of each instance: rows of numbers, one a part, with the part that lies in each. */
  readonly #instances = new Map<string, { parts: Float64Array; rows: Uint32Array }>();
  readonly #rules = new Map<number, RuleCounts>();

  constructor(resource: string, type: ResourceType, seenAt: number) {
    this.resource = resource;
    this.type = type;
    this.firstSeenAt = seenAt;
    this.lastSeenAt = seenAt;
  }

  /** Takes in what an instance told of the second that began at `beganMs`. */
  add(beganMs: number, second: ResourceSecond, instanceId: string | undefined): void {
    const active = this.seconds.activeAt(beganMs) + second.active;
    this.seconds.add(beganMs, second, active);
    this.tens.add(beganMs, second, active);
    for (const stepMs of this.#sums.keys()) this.#sumAt(stepMs, beganMs)?.add(second, active);
    if (beganMs + secondMs > this.lastSeenAt) {
      this.lastSeenAt = beganMs + secondMs;
      this.isSeenUnwritten = true;
    }
    const part = Math.floor(beganMs / partMs);
    if (instanceId !== undefined) this.#addInstance(part, instanceId, second);
    if (second.rules.length > 0) this.#addRules(part, second);
  }

  opened(atMs: number): void {
    this.seconds.opened(atMs);
    this.tens.opened(atMs);
    for (const stepMs of this.#sums.keys()) this.#sumAt(stepMs, atMs)?.opened();
  }

  /** Minutes or hours that are in memory, oldest first. */
  sums(stepMs: number): Sum[] {
    return [...(this.#sums.get(stepMs)?.values() ?? [])].sort((a, b) => a.atMs - b.atMs);
  }

  /** Gives the memory of its rings back, when nothing in them is young enough to be asked for. */
  rest(): void {
    this.seconds = new Ring(secondMs, secondsKept);
    this.tens = new Ring(10 * secondMs, tensKept);
  }

  get instanceCount(): number {
    return this.#instances.size;
  }

  /** What each instance told of the last minute, one row of numbers each; forgets those that told nothing. */
  instances(nowMs: number): Map<string, Uint32Array> {
    const oldest = Math.floor((nowMs - minuteMs) / partMs);
    const told = new Map<string, Uint32Array>();
    for (const [instanceId, { parts, rows }] of this.#instances) {
      const sum = new Uint32Array(fieldCount);
      for (let slot = 0; slot < partsKept; slot++) {
        if (parts[slot]! <= oldest) continue;
        for (let i = 0; i < fieldCount; i++)
          sum[i] =
            i === at.active
              ? Math.max(sum[i]!, rows[slot * fieldCount + i]!)
              : sum[i]! + rows[slot * fieldCount + i]!;
      }
      if (sum[at.told]! > 0) told.set(instanceId, sum);
      else this.#instances.delete(instanceId);
    }
    return told;
  }

  /** What single rules did in the last minute. */
  rules(nowMs: number): { rule: string; blocked: number; wouldBlock: number }[] {
    const oldest = Math.floor((nowMs - minuteMs) / partMs);
    const sums = new Map<string, { rule: string; blocked: number; wouldBlock: number }>();
    for (const [part, counts] of this.#rules) {
      if (part <= oldest) continue;
      for (const [rule, { blocked, wouldBlock }] of counts) {
        const sum = sums.get(rule) ?? { rule, blocked: 0, wouldBlock: 0 };
        sums.set(rule, sum);
        sum.blocked += blocked;
        sum.wouldBlock += wouldBlock;
      }
    }
    return [...sums.values()].sort((a, b) => b.blocked - a.blocked || b.wouldBlock - a.wouldBlock);
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
    const made = new Sum(atMs);
    sums.set(atMs, made);
    return made;
  }

  #addInstance(part: number, instanceId: string, second: ResourceSecond): void {
    let own = this.#instances.get(instanceId);
    if (!own) {
      own = { parts: new Float64Array(partsKept), rows: new Uint32Array(partsKept * fieldCount) };
      this.#instances.set(instanceId, own);
    }
    const slot = part % partsKept;
    if (own.parts[slot]! > part) return;
    if (own.parts[slot] !== part) {
      own.parts[slot] = part;
      own.rows.fill(0, slot * fieldCount, (slot + 1) * fieldCount);
    }
    addSecond(own.rows, slot * fieldCount, second);
    own.rows[slot * fieldCount + at.active] = second.active;
  }

  #addRules(part: number, second: ResourceSecond): void {
    let counts = this.#rules.get(part);
    if (!counts) {
      for (const old of this.#rules.keys()) if (old <= part - partsKept) this.#rules.delete(old);
      counts = new Map();
      this.#rules.set(part, counts);
    }
    for (const { rule, blocked, wouldBlock } of second.rules) {
      const own = counts.get(rule);
      if (own) {
        own.blocked += blocked;
        own.wouldBlock += wouldBlock;
      } else if (counts.size < 1000) counts.set(rule, { blocked, wouldBlock });
    }
  }
}
