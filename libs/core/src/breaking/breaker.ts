import type { BreakerState } from '../model/breaker-rule.ts';
import type { Outcome } from '../model/call.ts';
import type { ClockReading, Started } from '../model/clock-reading.ts';
import { type BreakerShape, openMsOf } from './breaker-shape.ts';
import { Window } from './window.ts';

/**
 * Counts changes of state of all breakers that a call may pass. A call remembers the number that it entered under; a
 * breaker that has changed since doesn't take its result.
 */
export interface Generations {
  current: number;
}

export type BreakerReason =
  | 'threshold' // what it measures reached the threshold
  | 'probing' // its time was over, and a call came
  | 'probesGood'
  | 'probeBad'
  | 'noVerdict' // a probe didn't end in time
  | 'forced'
  | 'forceEnded';

/** A change of state, for reports. `value` is what the strategy measured and `calls` over how many, where it did. */
export interface BreakerChange {
  readonly from: BreakerState;
  readonly to: BreakerState;
  readonly atMs: number;
  readonly reason: BreakerReason;
  readonly value?: number;
  readonly calls?: number;
}

/** A call in flight that decides whether it closes: known by when it went, and failed when it isn't over by `endsMs`. */
interface Probe {
  readonly startMs: number;
  readonly endsMs: number;
}

type Inner =
  | { readonly name: 'closed'; errorsInRow: number }
  | { readonly name: 'open'; readonly untilMs: number; readonly round: number }
  | {
      readonly name: 'halfOpen';
      readonly round: number;
      readonly inFlight: Probe[];
      /** When the first of these has failed; Infinity where none is in flight. */
      endsMs: number;
      good: number;
    }
  | { readonly name: 'forcedOpen' | 'forcedClosed'; readonly untilMs: number };

/**
 * A circuit breaker without a timer: what time has done to it happens when it is next asked. `peek` and `commit` as
 * in a limiter; a call that went reports its end through `settle`, whatever way it ended.
 */
export class Breaker {
  // What the end of every call looks at comes first, near to each other.
  #inner: Inner = { name: 'closed', errorsInRow: 0 };
  #window: Window;
  /** The generation in which the present state began. */
  #since: number;
  /** Of the shape, near at hand for every call. */
  #countsSlow = false;
  #shape: BreakerShape;
  readonly #generations: Generations;
  readonly #onChange: ((change: BreakerChange) => void) | undefined;
  /** How many errors in a row there were when it was closed for the last time. */
  #lastRow = 0;
  /** The latest reading under which it was asked while it was not closed: nothing happens to it before. */
  #seenMs: number;

  constructor(
    shape: BreakerShape,
    nowMs: number,
    generations: Generations = { current: 0 },
    onChange?: (change: BreakerChange) => void,
  ) {
    this.#shape = shape;
    this.#countsSlow = shape.strategy === 'slowCallRatio';
    this.#generations = generations;
    this.#since = generations.current;
    this.#onChange = onChange;
    this.#seenMs = nowMs;
    this.#window = new Window(shape.windowMs, nowMs);
    this.#force(nowMs);
  }

  /** It lets every call go and takes nothing of it: neither has to be asked of it. */
  get isClosed(): boolean {
    return this.#inner.name === 'closed';
  }

  /** 0 when a call may go, Infinity when it may not. */
  peek({ nowMs }: ClockReading): number {
    if (this.#inner.name === 'closed') return 0;
    this.#pass(nowMs);
    return this.#ask(nowMs);
  }

  /** The call goes. Read the generation that it enters under afterwards. */
  commit({ nowMs }: ClockReading): void {
    const inner = this.#inner;
    if (inner.name === 'closed') return;
    if (inner.name === 'open') {
      const { round } = inner;
      const endsMs = Number.POSITIVE_INFINITY;
      this.#change({ name: 'halfOpen', round, inFlight: [], endsMs, good: 0 }, nowMs, 'probing');
    }
    this.#begin(nowMs);
  }

  /** How a call ended that entered under `generation`. Exactly once for each `commit`. */
  settle(generation: number, outcome: Outcome, { startMs }: Started, { nowMs }: ClockReading): void {
    const inner = this.#inner;
    if (inner.name !== 'closed') this.#settleProbe(generation, outcome, startMs, nowMs);
    else if (generation >= this.#since && outcome !== 'abort') {
      const isBad = this.#isBad(outcome, nowMs - startMs);
      this.#window.add(nowMs, isBad);
      inner.errorsInRow = isBad ? inner.errorsInRow + 1 : 0;
      if (this.#isReached()) this.#open(nowMs, 0, 'threshold');
    }
  }

  state(nowMs: number): BreakerState {
    this.#pass(nowMs);
    return this.#inner.name;
  }

  retryAfterMs(nowMs: number): number {
    this.#pass(nowMs);
    const inner = this.#inner;
    switch (inner.name) {
      case 'closed':
      case 'forcedClosed':
        return 0;
      case 'halfOpen':
        return this.#ask(nowMs) === 0 ? 0 : Math.max(0, inner.endsMs - nowMs);
      default:
        return Math.max(0, inner.untilMs - nowMs);
    }
  }

  /** What the strategy measures: a share, or a number of calls. */
  value(nowMs: number): number {
    this.#window.move(nowMs);
    return this.#measure();
  }

  /** What is measured against. */
  get threshold(): number {
    return this.#shape.threshold;
  }

  /** Calls in flight that decide whether it closes. */
  get probesInFlight(): number {
    return this.#inner.name === 'halfOpen' ? this.#inner.inFlight.length : 0;
  }

  /** Goes on under another shape, in the same state with the same deadline. */
  reshape(shape: BreakerShape, atMs: number): void {
    const nowMs = Math.max(atMs, this.#seenMs);
    this.#pass(nowMs);
    const countsSlow = shape.strategy === 'slowCallRatio';
    const measuresOther = countsSlow !== this.#countsSlow;
    this.#shape = shape;
    this.#countsSlow = countsSlow;
    if (shape.windowMs !== this.#window.windowMs) this.#window = this.#window.resized(shape.windowMs, nowMs);
    if (measuresOther) this.#forget();
    this.#force(nowMs);
    this.#judge(nowMs);
  }

  #begin(nowMs: number): void {
    const inner = this.#inner;
    if (inner.name !== 'halfOpen') return;
    const endsMs = nowMs + this.#shape.maxHalfOpenMs;
    inner.inFlight.push({ startMs: nowMs, endsMs });
    inner.endsMs = Math.min(inner.endsMs, endsMs);
  }

  #settleProbe(generation: number, outcome: Outcome, startMs: number, nowMs: number): void {
    this.#pass(nowMs);
    const inner = this.#inner;
    if (generation < this.#since || inner.name !== 'halfOpen') return;
    const { inFlight } = inner;
    const index = inFlight.findIndex((probe) => probe.startMs === startMs);
    inFlight.splice(Math.max(0, index), 1);
    inner.endsMs = inFlight.reduce((ms, { endsMs }) => Math.min(ms, endsMs), Number.POSITIVE_INFINITY);
    if (outcome === 'abort') return;
    if (this.#isBad(outcome, nowMs - startMs)) {
      this.#open(nowMs, inner.round + 1, 'probeBad');
      return;
    }
    inner.good += 1;
    this.#judge(nowMs);
  }

  /** As many good probes as there have to be may be there already when fewer have to. */
  #judge(nowMs: number): void {
    const inner = this.#inner;
    if (inner.name === 'halfOpen' && inner.good >= this.#shape.probes) this.#close(nowMs, 'probesGood');
  }

  #ask(nowMs: number): number {
    const inner = this.#inner;
    switch (inner.name) {
      case 'closed':
      case 'forcedClosed':
        return 0;
      case 'forcedOpen':
        return Number.POSITIVE_INFINITY;
      case 'open':
        return nowMs >= inner.untilMs ? 0 : Number.POSITIVE_INFINITY;
      case 'halfOpen':
        return inner.inFlight.length + inner.good < this.#shape.probes ? 0 : Number.POSITIVE_INFINITY;
    }
  }

  /** What time alone has done. */
  #pass(nowMs: number): void {
    const inner = this.#inner;
    if (nowMs > this.#seenMs) this.#seenMs = nowMs;
    if (inner.name === 'halfOpen' && nowMs >= inner.endsMs)
      this.#open(inner.endsMs, inner.round + 1, 'noVerdict');
    else if (inner.name === 'forcedOpen' && nowMs >= inner.untilMs)
      this.#change({ name: 'open', untilMs: inner.untilMs, round: 0 }, inner.untilMs, 'forceEnded');
    else if (inner.name === 'forcedClosed' && nowMs >= inner.untilMs)
      this.#close(inner.untilMs, 'forceEnded');
  }

  #force(nowMs: number): void {
    const { forced } = this.#shape;
    const inner = this.#inner;
    const isForced = inner.name === 'forcedOpen' || inner.name === 'forcedClosed';
    if (forced && forced.untilMs > nowMs) {
      const name = forced.state === 'open' ? 'forcedOpen' : 'forcedClosed';
      if (inner.name === name) this.#inner = { name, untilMs: forced.untilMs };
      else this.#change({ name, untilMs: forced.untilMs }, nowMs, 'forced');
    } else if (isForced) {
      this.#inner = { name: inner.name, untilMs: nowMs };
      this.#pass(nowMs);
    }
  }

  #isBad(outcome: Outcome, durationMs: number): boolean {
    return this.#countsSlow ? durationMs > this.#shape.slowMs : outcome === 'error';
  }

  #isReached(): boolean {
    const { bad, total } = this.#window;
    // No threshold is 0, so without a bad call there is nothing to work out, which is nearly always.
    return bad > 0 && total >= this.#shape.minCalls && this.#measure() >= this.#shape.threshold;
  }

  #measure(): number {
    switch (this.#shape.strategy) {
      case 'errorCount':
        return this.#window.bad;
      case 'consecutiveErrors':
        return this.#inner.name === 'closed' ? this.#inner.errorsInRow : this.#lastRow;
      default:
        return this.#window.total === 0 ? 0 : this.#window.bad / this.#window.total;
    }
  }

  #open(atMs: number, round: number, reason: BreakerReason): void {
    const untilMs = atMs + openMsOf(this.#shape, round);
    this.#change({ name: 'open', untilMs, round }, atMs, reason);
  }

  #close(atMs: number, reason: BreakerReason): void {
    this.#forget();
    this.#change({ name: 'closed', errorsInRow: 0 }, atMs, reason);
  }

  #forget(): void {
    this.#window.clear();
    this.#lastRow = 0;
    if (this.#inner.name === 'closed') this.#inner.errorsInRow = 0;
  }

  #change(inner: Inner, atMs: number, reason: BreakerReason): void {
    const from = this.#inner.name;
    if (atMs > this.#seenMs) this.#seenMs = atMs;
    const measured =
      reason === 'threshold' ? { value: this.#measure(), calls: this.#window.total } : undefined;
    if (this.#inner.name === 'closed') this.#lastRow = this.#inner.errorsInRow;
    this.#inner = inner;
    this.#since = ++this.#generations.current;
    this.#onChange?.({ from, to: inner.name, atMs, reason, ...measured });
  }
}
