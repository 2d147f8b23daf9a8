import type { TrafficTally } from '@sluice/protocol';
import type { ResourceSecond } from '@sluice/protocol/client';
import { Latency } from './latency.ts';
import { addSecond, at, fieldCount, type Quantiles, tallyOf } from './tally-fields.ts';

/** Steps whose histogram is kept, so that late reports still count in the quantiles. */
const openSteps = 15;

/**
 * The steps of one resource for a while back: plain numbers in one block of memory, nothing made for a call. A step
 * has a number, its time divided by its length; what a ring no longer holds, and what was never told, is absent.
 */
export class Ring {
  readonly stepMs: number;
  readonly #size: number;
  /** Made with the first thing that is told; most names are only known. */
  #numbers = new Uint32Array(0);
  /** The step that lies in each slot; 0 where none does. */
  #steps = new Float64Array(0);
  #quantiles = new Float32Array(0);
  readonly #open = new Map<number, Latency>();

  constructor(stepMs: number, size: number) {
    this.stepMs = stepMs;
    this.#size = size;
  }

  /**
   * Adds what an instance told of the second that began at `secondMs`; what is too old is passed over. `active` are the
   * calls under way of all instances in that second, as far as it is told: the most of a step is kept.
   */
  add(secondMs: number, second: ResourceSecond, active: number): void {
    if (!this.count(secondMs, second, active)) return;
    const step = Math.floor(secondMs / this.stepMs);
    const latency = this.#open.get(step);
    if (latency) latency.add(second.latency);
    else if (second.latency.length > 0 && !this.#isClosed(step)) {
      const fresh = new Latency();
      fresh.add(second.latency);
      this.#open.set(step, fresh);
      this.#close();
    }
  }

  /** The same without how long calls took. Answers whether it is of a step that is kept. */
  count(secondMs: number, second: ResourceSecond, active: number): boolean {
    const slot = this.#slotFor(Math.floor(secondMs / this.stepMs));
    if (slot < 0) return false;
    const offset = slot * fieldCount;
    addSecond(this.#numbers, offset, second);
    if (active > this.#numbers[offset + at.active]!) this.#numbers[offset + at.active] = active;
    return true;
  }

  /** A breaker opened. */
  opened(atMs: number): void {
    const slot = this.#slotFor(Math.floor(atMs / this.stepMs));
    if (slot >= 0) this.#numbers[slot * fieldCount + at.opened]! += 1;
  }

  /** Calls under way that were told of the step in which this moment lies. */
  activeAt(momentMs: number): number {
    const step = Math.floor(momentMs / this.stepMs);
    const slot = this.#slotOf(step);
    return this.#steps[slot] === step ? this.#numbers[slot * fieldCount + at.active]! : 0;
  }

  /** Whether something was told of this step. */
  has(step: number): boolean {
    return this.#steps[this.#slotOf(step)] === step;
  }

  /** Whether a newer step took the place of this one: what was told of it is not known any more. */
  isGone(step: number): boolean {
    return this.#steps[this.#slotOf(step)]! > step;
  }

  tally(step: number): (TrafficTally & { readonly opened: number }) | undefined {
    const slot = this.#slotOf(step);
    if (this.#steps[slot] !== step) return undefined;
    const offset = slot * fieldCount;
    const opened = this.#numbers[offset + at.opened]!;
    return { ...tallyOf(this.#numbers, offset, this.#quantilesOf(step, slot)), opened };
  }

  /** The rows of some steps, for sums. */
  eachRow(from: number, to: number, visit: (numbers: Uint32Array, offset: number) => void): void {
    for (let step = from; step <= to; step++) {
      const slot = this.#slotOf(step);
      if (this.#steps[slot] === step) visit(this.#numbers, slot * fieldCount);
    }
  }

  /** How long calls of some steps took, of those whose histograms are still there. */
  eachLatency(from: number, to: number, visit: (latency: Latency) => void): void {
    for (const [step, latency] of this.#open) if (step >= from && step <= to) visit(latency);
  }

  #quantilesOf(step: number, slot: number): Partial<Quantiles> {
    const open = this.#open.get(step);
    if (open) return open.quantiles();
    const [p50Ms = 0, p90Ms = 0, p99Ms = 0] = this.#quantiles.subarray(slot * 3, slot * 3 + 3);
    return p50Ms === 0 ? {} : { p50Ms: short(p50Ms), p90Ms: short(p90Ms), p99Ms: short(p99Ms) };
  }

  #slotOf(step: number): number {
    return ((step % this.#size) + this.#size) % this.#size;
  }

  /** The slot of a step, emptied if an older one lay there; -1 when a newer one does. */
  #slotFor(step: number): number {
    if (this.#steps.length === 0) this.#allocate();
    const slot = this.#slotOf(step);
    const before = this.#steps[slot]!;
    if (before === step) return slot;
    if (before > step) return -1;
    this.#steps[slot] = step;
    this.#numbers.fill(0, slot * fieldCount, (slot + 1) * fieldCount);
    this.#quantiles.fill(0, slot * 3, slot * 3 + 3);
    this.#open.delete(before);
    return slot;
  }

  #allocate(): void {
    this.#numbers = new Uint32Array(this.#size * fieldCount);
    this.#steps = new Float64Array(this.#size);
    this.#quantiles = new Float32Array(this.#size * 3);
  }

  /** Its histogram was given up; late calls count, but no longer in the quantiles. */
  #isClosed(step: number): boolean {
    return this.#quantiles[this.#slotOf(step) * 3]! > 0;
  }

  #close(): void {
    while (this.#open.size > openSteps) {
      const oldest = Math.min(...this.#open.keys());
      const { p50Ms = 0, p90Ms = 0, p99Ms = 0 } = this.#open.get(oldest)!.quantiles();
      this.#quantiles.set([p50Ms, p90Ms, p99Ms], this.#slotOf(oldest) * 3);
      this.#open.delete(oldest);
    }
  }
}

/** A bound that went through 32 bits, as it was. */
const short = (bound: number): number => Number(bound.toPrecision(6));
