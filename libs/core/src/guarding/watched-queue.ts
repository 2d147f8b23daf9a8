import type { Concurrency, ConcurrencyShape } from '../limiting/concurrency.ts';
import type { ClockReading } from '../model/clock-reading.ts';

/**
 * A call that a concurrency rule only watches: it runs at once, where the rule may have let it wait. Released when it
 * ends.
 */
class WatchedCall {
  readonly sinceMs: number;
  /** When the rule would have let it go; Infinity as long as it would wait. */
  wentMs = Number.POSITIVE_INFINITY;
  /** How long it ran, where it is over and would still wait. */
  ranMs: number | undefined;
  /** It would have waited in vain. */
  isRefused = false;
  /** It is counted already as one that would have been refused. */
  isDoubted = false;
  readonly #queue: WatchedQueue;

  constructor(queue: WatchedQueue, sinceMs: number) {
    this.#queue = queue;
    this.sinceMs = sinceMs;
  }

  doubted(): void {
    this.isDoubted = true;
  }

  release(): void {
    this.#queue.over(this);
  }
}

/**
 * What a concurrency rule with a queue would do, without holding anybody up. Calls hold their permits as long as they
 * would: one that would have waited runs as long as it runs now, only later, so its permit is held beyond its end. Of
 * calls that are over it remembers no more than the rule has permits and places in the queue. It has no timer: what
 * time alone does happens when the next call comes or ends.
 */
export class WatchedQueue {
  readonly #permits: Concurrency;
  readonly #reading: ClockReading;
  readonly #onRefused: (call: WatchedCall) => void;
  #shape: ConcurrencyShape = { max: 1, queue: 0, maxQueueMs: 0 };
  /** In the order in which they came. */
  readonly #waiting = new Set<WatchedCall>();
  /** When calls that are over would be over; the first comes first. */
  readonly #endsMs: number[] = [];

  /** `onRefused` is told of calls that would have waited in vain, once that is known. */
  constructor(permits: Concurrency, reading: ClockReading, onRefused: (call: WatchedCall) => void) {
    this.#permits = permits;
    this.#reading = reading;
    this.#onRefused = onRefused;
  }

  /** The call, if it would go or wait; undefined where it would be refused at once. */
  enter(shape: ConcurrencyShape, mayWait: boolean): WatchedCall | undefined {
    const { nowMs } = this.#reading;
    this.#shape = shape;
    this.#move(nowMs);
    // Calls that came in before the rule only watched, and a higher limit, make room without telling.
    this.#letGo(nowMs);
    const call = new WatchedCall(this, nowMs);
    if (this.#hasRoom) this.#go(call, nowMs);
    else if (mayWait && this.#waiting.size < shape.queue) this.#waiting.add(call);
    else return undefined;
    return call;
  }

  /** The call has ended. */
  over(call: WatchedCall): void {
    const { nowMs } = this.#reading;
    this.#move(nowMs);
    if (call.isRefused) return;
    if (call.wentMs === Number.POSITIVE_INFINITY) {
      call.ranMs = nowMs - call.sinceMs;
      return;
    }
    this.#permits.release();
    const waitedMs = call.wentMs - call.sinceMs;
    if (waitedMs > 0) this.#endAt(nowMs + waitedMs);
    else this.#letGo(nowMs);
  }

  get #hasRoom(): boolean {
    return this.#permits.inUse + this.#endsMs.length < this.#shape.max;
  }

  /** What time alone has done, in its order. */
  #move(nowMs: number): void {
    for (;;) {
      const endMs = this.#endsMs[0] ?? Number.POSITIVE_INFINITY;
      const first = this.#first;
      const lateMs = first === undefined ? Number.POSITIVE_INFINITY : first.sinceMs + this.#shape.maxQueueMs;
      if (Math.min(endMs, lateMs) > nowMs) return;
      if (endMs <= lateMs) {
        this.#endsMs.shift();
        this.#letGo(endMs);
      } else this.#refuse(first!);
    }
  }

  /** Who waited longest goes, as long as there is room. */
  #letGo(atMs: number): void {
    for (let first = this.#first; first !== undefined && this.#hasRoom; first = this.#first) {
      this.#waiting.delete(first);
      this.#go(first, atMs);
    }
  }

  #go(call: WatchedCall, atMs: number): void {
    call.wentMs = atMs;
    if (call.ranMs === undefined) this.#permits.commit();
    else this.#endAt(atMs + call.ranMs);
  }

  #refuse(call: WatchedCall): void {
    this.#waiting.delete(call);
    call.isRefused = true;
    this.#onRefused(call);
  }

  #endAt(atMs: number): void {
    const index = this.#endsMs.findLastIndex((endMs) => endMs <= atMs);
    this.#endsMs.splice(index + 1, 0, atMs);
  }

  get #first(): WatchedCall | undefined {
    for (const call of this.#waiting) return call;
    return undefined;
  }
}
