import type { Concurrency, Waiter } from '../limiting/concurrency.ts';
import type { Limiter } from '../limiting/limiter.ts';
import type { CallInputs } from '../model/call.ts';
import type { Block } from './block.ts';
import type { CompiledRule } from './compile.ts';
import { enter } from './enter.ts';
import type { Entry } from './entry.ts';
import type { Gate } from './gate.ts';
import type { Plan } from './plan.ts';
import { blockByBreaker, blockByLimit } from './refuse.ts';
import type { BreakerStep, LimitStep } from './step.ts';
import type { Waiter as RuleWaiter } from './world.ts';

interface WantedPermit {
  readonly step: LimitStep;
  readonly key: string;
  readonly permits: Concurrency;
}

/**
 * A call that has to wait: first for its slot, which is reserved, then in the queue for a permit. Whoever holds it
 * calls `resume` when `waitMs` is over or when `onGranted` says so, whichever comes first, and goes on with what that
 * answers; or `cancel`, when the caller gives up.
 */
export class Waiting implements Waiter, RuleWaiter {
  /** Milliseconds from the last answer after which to resume. */
  waitMs: number;
  /** Called when a permit has come, perhaps from inside the exit of another call. Must not throw. */
  onGranted: (() => void) | undefined;
  readonly #gate: Gate;
  readonly #plan: Plan;
  readonly #inputs: CallInputs;
  readonly #takenMs: number;
  readonly #slotWaitMs: number;
  readonly #taken: readonly Limiter[];
  /** Those that reserve a slot. */
  #pacers: readonly LimitStep[];
  /** Of those that are held already the first, in the same order. */
  #wanted: readonly WantedPermit[];
  #breakers: readonly BreakerStep[];
  readonly #held: Concurrency[] = [];
  #untilMs: number;
  /** On the wall clock: when the first of these rules is over. Compared with the time of the calls as is waited for it. */
  #overMs: number;
  #queue: 'none' | 'waiting' | 'granted' = 'none';
  #end: Entry | Block | 'cancelled' | undefined;

  private constructor(gate: Gate, inputs: CallInputs, nowMs: number, waitMs: number) {
    this.#gate = gate;
    this.#plan = gate.standing.plan;
    this.#inputs = inputs;
    this.#takenMs = nowMs;
    this.#slotWaitMs = waitMs;
    this.#untilMs = nowMs + waitMs;
    const { limits, permits, breakers } = this.#plan.intercept;
    const asked = limits.filter(({ on }) => on);
    this.#taken = asked.map((step) => step.limiterOf(nowMs));
    this.#pacers = asked.filter(({ compiled }) => compiled.rule.algorithm === 'leakyBucket');
    this.#wanted = permits
      .filter(({ on }) => on)
      .map((step) => ({ step, key: step.key, permits: step.permits(nowMs) }));
    this.#breakers = breakers.filter(({ on }) => on);
    this.#overMs = this.#firstOver(({ untilMs }) => untilMs);
    this.waitMs = this.#leftMs(nowMs);
  }

  /** The present call, whose limits have just been taken. With nothing to wait for but a permit it joins the queue. */
  static begin(gate: Gate, inputs: CallInputs, nowMs: number, waitMs: number): Entry | Waiting | Block {
    const waiting = new Waiting(gate, inputs, nowMs, waitMs);
    gate.state.counters.waited += 1;
    gate.world.waiters.add(waiting);
    return waitMs > 0 ? waiting : waiting.#advance(nowMs);
  }

  get verdict(): 'wait' {
    return 'wait';
  }

  granted(): void {
    this.#queue = 'granted';
    this.onGranted?.();
  }

  /** Goes on if it is time; else says how much longer. Answers the same once it has come to an end. */
  resume(nowMs: number): Entry | Waiting | Block {
    if (this.#end !== undefined) return this.#end === 'cancelled' ? this : this.#end;
    const current = this.#wanted[this.#held.length];
    if (this.#queue === 'granted') {
      this.#held.push(current!.permits);
      this.#queue = 'none';
    } else {
      if (this.#overMs - this.#gate.world.wallOffsetMs <= nowMs) this.#settle();
      if (nowMs < this.#untilMs) {
        this.waitMs = this.#leftMs(nowMs);
        return this;
      }
      if (this.#queue === 'waiting') return this.#refuse(this.#blockedBy(current!, nowMs), nowMs);
    }
    return this.#advance(nowMs);
  }

  /** The caller gives up: out of the queue, permits back, and what it took as far as nobody relies on it. */
  cancel(nowMs: number): void {
    if (this.#end !== undefined) return;
    this.#endWith('cancelled');
    this.#gate.state.counters.gaveUp += 1;
    this.#plan.faults?.ended('abort');
    this.#letGo(nowMs);
  }

  /**
   * A rule that is gone, that is off, only watches now or is over holds nobody up and refuses nobody any more. One that
   * goes on limiting, however it counts now, goes on with those who wait: all of them at once would be more than it ever
   * let go.
   */
  follow(): void {
    if (this.#settle()) this.onGranted?.();
  }

  /** Forgets what doesn't count any more; whether it can go on because of that. */
  #settle(): boolean {
    const { standing, world } = this.#gate;
    const { limits, permits, breakers } = standing.plan.intercept;
    const now = new Map([...limits, ...permits, ...breakers].map(({ compiled }) => [compiled.id, compiled]));
    const untilMs = ({ id }: CompiledRule): number => now.get(id)?.untilMs ?? Number.NEGATIVE_INFINITY;
    const counts = ({ compiled }: BreakerStep | LimitStep): boolean =>
      untilMs(compiled) - world.wallOffsetMs > world.nowMs;
    const awaited = this.#wanted[this.#held.length];
    const taken = this.#held.length + (this.#queue === 'granted' ? 1 : 0);
    this.#pacers = this.#pacers.filter(counts);
    this.#wanted = this.#wanted.filter(({ step }, i) => i < taken || counts(step));
    this.#breakers = this.#breakers.filter(counts);
    this.#overMs = this.#firstOver(untilMs);
    if (this.#queue === 'granted') return false;
    if (this.#queue === 'waiting') {
      if (awaited === this.#wanted[this.#held.length]) return false;
      awaited!.permits.leave(this);
      this.#queue = 'none';
    } else if (this.#pacers.length > 0) return false;
    this.#untilMs = Number.NEGATIVE_INFINITY;
    return true;
  }

  /** Of the rules that it waits for, or will be asked by. */
  #firstOver(untilMs: (compiled: CompiledRule) => number): number {
    const asked = this.#wanted.slice(this.#held.length).map(({ step }) => step);
    let firstMs = Number.POSITIVE_INFINITY;
    for (const { compiled } of [...this.#pacers, ...asked, ...this.#breakers])
      firstMs = Math.min(firstMs, untilMs(compiled));
    return firstMs;
  }

  #leftMs(nowMs: number): number {
    return Math.min(this.#untilMs, this.#overMs - this.#gate.world.wallOffsetMs) - nowMs;
  }

  /** Concurrency and breakers are asked again: much may have happened in the meantime. */
  #advance(nowMs: number): Entry | Waiting | Block {
    for (const step of this.#breakers)
      if (step.breaker.peek(this.#gate.world) > 0)
        return this.#refuse(blockByBreaker(this.#gate, this.#plan, step, nowMs), nowMs);
    for (const wanted of this.#wanted.slice(this.#held.length)) {
      const { permits } = wanted;
      const waitMs = permits.peek();
      if (waitMs === Number.POSITIVE_INFINITY) return this.#refuse(this.#blockedBy(wanted, nowMs), nowMs);
      if (waitMs > 0) {
        permits.join(this);
        this.#queue = 'waiting';
        this.#untilMs = nowMs + waitMs;
        this.waitMs = this.#leftMs(nowMs);
        return this;
      }
      permits.commit();
      this.#held.push(permits);
    }
    for (const { breaker } of this.#breakers) breaker.commit(this.#gate.world);
    const breakers = this.#breakers.map(({ breaker }) => breaker);
    const { holds: all, intercept } = this.#plan;
    const isAll =
      this.#held.length === intercept.permits.length && breakers.length === intercept.breakers.length;
    const holds = (isAll ? all : undefined) ?? { permits: this.#held, breakers, wouldBlock: [] };
    const entry = enter(this.#gate, this.#plan, this.#inputs, nowMs, holds, true);
    this.#endWith(entry);
    return entry;
  }

  #blockedBy({ step, key }: WantedPermit, nowMs: number): Block {
    return blockByLimit(this.#gate, this.#plan, step, nowMs, key);
  }

  #refuse(block: Block, nowMs: number): Block {
    this.#endWith(block);
    this.#letGo(nowMs);
    return block;
  }

  #endWith(end: Entry | Block | 'cancelled'): void {
    this.#end = end;
    this.#gate.world.waiters.delete(this);
  }

  #letGo(nowMs: number): void {
    const current = this.#wanted[this.#held.length]?.permits;
    if (this.#queue === 'waiting') current?.leave(this);
    else if (this.#queue === 'granted') current?.release();
    this.#queue = 'none';
    for (const limiter of this.#taken) limiter.giveBack(nowMs, this.#takenMs, this.#slotWaitMs);
    for (const permits of this.#held) permits.release();
  }
}
