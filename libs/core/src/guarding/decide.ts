import type { CallInputs } from '../model/call.ts';
import type { ClockReading } from '../model/clock-reading.ts';
import type { Block } from './block.ts';
import { applies } from './compile.ts';
import { enter, enterStraight } from './enter.ts';
import type { Entry } from './entry.ts';
import type { Gate } from './gate.ts';
import type { Holds, Plan, Stages, Straight } from './plan.ts';
import { blockByBreaker, blockByFilter, blockByLimit } from './refuse.ts';
import type { LimitStep } from './step.ts';
import { Waiting } from './waiting.ts';
import { told } from './world.ts';

/**
 * One synchronous pass: every rule is asked with the same reading, and only if all of them let the call go does any
 * of them take something. The first that refuses, in the order of the stages, names the block.
 */
export function decide(gate: Gate, inputs: CallInputs, mayWait: boolean): Entry | Waiting | Block {
  const { settled } = gate;
  if (settled.straight !== undefined && takeAll(settled.straight, inputs, gate.world))
    return enterStraight(gate, settled, inputs, mayWait);
  return told(gate.world, weigh(gate, settled.plan, inputs, mayWait));
}

/*
 * The way of nearly every call, kept short for the compiler: what `weigh` would do where all rules are about all calls,
 * the breakers are closed, and the limits have room. Where one has none, nothing is taken, and the call is weighed.
 */

function takeAll(straight: Straight, inputs: CallInputs, reading: ClockReading): boolean {
  const { limiters, keyed, last } = straight;
  for (let i = 0; i < limiters.length; i++)
    if (!limiters[i]!.take(reading)) return giveBack(straight, i, 0, reading);
  if (keyed !== undefined) return takeKeyed(straight, keyed, inputs, reading);
  return last === undefined || last.take(inputs, reading) || giveBack(straight, limiters.length, 0, reading);
}

/** New keys are made when all have let the call go: each may take the place of another, which is not given back. */
function takeKeyed(
  straight: Straight,
  keyed: readonly LimitStep[],
  inputs: CallInputs,
  reading: ClockReading,
): boolean {
  const { limiters, last } = straight;
  for (let i = 0; i < keyed.length; i++)
    if (!keyed[i]!.takeKnown(inputs, reading)) return giveBack(straight, limiters.length, i, reading);
  if (!last!.take(inputs, reading)) return giveBack(straight, limiters.length, keyed.length, reading);
  for (let i = 0; i < keyed.length; i++) keyed[i]!.takeNew(reading);
  return true;
}

/** What so many of either took just now. */
function giveBack(
  { limiters, keyed }: Straight,
  ofLimiters: number,
  ofKeyed: number,
  { nowMs }: ClockReading,
): false {
  for (let i = 0; i < ofLimiters; i++) limiters[i]!.giveBack(nowMs, nowMs, 0);
  for (let i = 0; i < ofKeyed; i++) keyed![i]!.giveBack(nowMs);
  return false;
}

function weigh(gate: Gate, plan: Plan, inputs: CallInputs, mayWait: boolean): Entry | Waiting | Block {
  const { world } = gate;
  const { nowMs } = world;
  const { filters, limits, permits, breakers } = plan.intercept;
  const wallMs = nowMs + world.wallOffsetMs;
  /** A wait that is longer refuses. */
  const patience = mayWait ? Number.MAX_VALUE : 0;

  for (let i = 0; i < filters.length; i++) {
    const step = filters[i]!;
    if (applies(step.compiled, inputs, wallMs) && step.refuses(inputs))
      return blockByFilter(gate, plan, step, nowMs);
  }
  const slotMs = longestWait(limits, inputs, world, wallMs);
  if (slotMs > patience) return blockByLimit(gate, plan, firstBeyond(patience, limits, inputs, world), nowMs);
  const queueMs = longestWait(permits, inputs, world, wallMs);
  if (queueMs > patience)
    return blockByLimit(gate, plan, firstBeyond(patience, permits, inputs, world), nowMs);
  for (let i = 0; i < breakers.length; i++) {
    const step = breakers[i]!;
    step.on = applies(step.compiled, inputs, wallMs);
    if (step.on && step.breaker.peek(world) > 0) return blockByBreaker(gate, plan, step, nowMs);
  }

  commitLimits(limits, world);
  if (slotMs > 0 || queueMs > 0) return Waiting.begin(gate, inputs, nowMs, slotMs);
  commitLimits(permits, world);
  for (let i = 0; i < breakers.length; i++) if (breakers[i]!.on) breakers[i]!.breaker.commit(world);
  const holds = plan.interceptHolds ?? holdsOf(plan.intercept, nowMs);
  return enter(gate, plan, inputs, nowMs, holds, mayWait);
}

/** Asks those that are about the call, and notes which they are. */
function longestWait(
  steps: readonly LimitStep[],
  inputs: CallInputs,
  reading: ClockReading,
  wallMs: number,
): number {
  let longestMs = 0;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    step.on = applies(step.compiled, inputs, wallMs);
    if (!step.on) continue;
    if (step.isCounted) step.state.asked += 1;
    const waitMs = step.peek(inputs, reading);
    if (waitMs > longestMs) longestMs = waitMs;
  }
  return longestMs;
}

/** Asked once more, which takes nothing: it is known that one of them wants more. */
function firstBeyond(
  patienceMs: number,
  steps: readonly LimitStep[],
  inputs: CallInputs,
  reading: ClockReading,
): LimitStep {
  return steps.find((step) => step.on && step.peek(inputs, reading) > patienceMs)!;
}

function commitLimits(steps: readonly LimitStep[], reading: ClockReading): void {
  for (let i = 0; i < steps.length; i++) if (steps[i]!.on) steps[i]!.commit(reading);
}

/** What the present call holds, where that is a matter of the call. */
function holdsOf({ permits, breakers }: Stages, nowMs: number): Holds {
  return {
    permits: permits.filter(({ on }) => on).map((step) => step.permits(nowMs)),
    breakers: breakers.filter(({ on }) => on).map(({ breaker }) => breaker),
    wouldBlock: [],
  };
}
