import type { Heard } from './heard.ts';

/** Seconds that are kept: an hour, and the rest of the steps of ten seconds in which it begins and ends. */
const size = 3600 + 20;
const secondMs = 1000;

/**
 * How many instances of an app are known of in each second, and of how many something is lost: what tells a second
 * without calls from one of which nothing is known. Who is known of is for `Presence` to say.
 */
export class Coverage {
  readonly #steps = new Float64Array(size);
  readonly #heard = new Uint16Array(size);
  readonly #lost = new Uint16Array(size);

  /** One more instance is known of in the second of this number. */
  heard(step: number): void {
    const slot = this.#slotFor(step);
    if (slot >= 0 && this.#heard[slot]! < 0xffff) this.#heard[slot]! += 1;
  }

  /** A report of one instance that covered this time never came. */
  lost(fromMs: number, toMs: number): void {
    const first = Math.max(Math.floor(fromMs / secondMs), Math.floor(toMs / secondMs) - size + 1);
    for (let step = first; step * secondMs < toMs; step++) {
      const slot = this.#slotFor(step);
      if (slot >= 0 && this.#lost[slot]! < 0xffff) this.#lost[slot]! += 1;
    }
  }

  /** Who was heard in a time, and of how many something is lost. */
  of(fromMs: number, toMs: number): Heard {
    const first = Math.floor(fromMs / secondMs);
    let [instances, lost, seconds, fromSecond, toSecond] = [0, 0, 0, 0, 0];
    for (let step = first; step * secondMs < toMs; step++) {
      const slot = step % size;
      if (this.#steps[slot] !== step) continue;
      const heard = this.#heard[slot]!;
      instances = Math.max(instances, heard);
      lost = Math.max(lost, this.#lost[slot]!);
      if (heard === 0) continue;
      if (seconds === 0) fromSecond = step - first;
      toSecond = step - first + 1;
      seconds += heard;
    }
    return { instances, lost, seconds, fromSecond, toSecond };
  }

  #slotFor(step: number): number {
    const slot = step % size;
    const before = this.#steps[slot]!;
    if (before === step) return slot;
    if (before > step) return -1;
    this.#steps[slot] = step;
    this.#heard[slot] = 0;
    this.#lost[slot] = 0;
    return slot;
  }
}
