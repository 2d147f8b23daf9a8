import type { Breaker } from '../breaking/breaker.ts';
import type { CallInputs } from '../model/call.ts';
import type { ClockReading } from '../model/clock-reading.ts';
import { applies } from './compile.ts';
import type { Gate, Standing } from './gate.ts';
import type { Holds, Permit, Plan } from './plan.ts';
import type { LimitStep } from './step.ts';

/**
 * Shows a call that goes to the rules that only watch. Each decides by itself, as if it were the only one, on state of
 * its own; what it would have refused it does not count, and is not told the end of. Who would have had to wait is not
 * refused, if he may wait; who would have waited for a permit in vain is counted when that is known.
 */
export function watch(
  gate: Gate,
  plan: Plan,
  inputs: CallInputs,
  nowMs: number,
  holds: Holds,
  mayWait: boolean,
): Holds {
  const { filters, limits, permits, breakers } = plan.monitor;
  const wallMs = nowMs + gate.world.wallOffsetMs;
  let wouldBlock: string[] | undefined;
  const permitsToo = copyFor(permits, holds.permits);
  const breakersToo = copyFor(breakers, holds.breakers);

  for (const step of filters)
    if (applies(step.compiled, inputs, wallMs) && step.refuses(inputs))
      wouldBlock = added(step.compiled.id, wouldBlock);
  for (const step of limits) {
    if (!isAbout(step, inputs, wallMs)) continue;
    if (isOver(step, gate.world, inputs, mayWait)) wouldBlock = added(step.compiled.id, wouldBlock);
  }
  for (const step of permits) {
    if (!isAbout(step, inputs, wallMs)) continue;
    const permit = permitOf(gate, step, inputs, mayWait);
    if (permit === undefined) wouldBlock = added(step.compiled.id, wouldBlock);
    else permitsToo!.push(permit);
  }
  for (const { compiled, breaker } of breakers) {
    if (!applies(compiled, inputs, wallMs)) continue;
    if (goesBy(breaker, gate.world)) breakersToo!.push(breaker);
    else wouldBlock = added(compiled.id, wouldBlock);
  }
  if (wouldBlock !== undefined) doubt(gate, wouldBlock, permitsToo);
  return withMore(gate, holds, permitsToo, breakersToo, wouldBlock);
}

/** The same where nothing but limits watches, each of them all calls. Answers what the call comes in under. */
export function watchAll(gate: Gate, settled: Standing, inputs: CallInputs): Standing {
  const watchers = settled.plan.watchers!;
  let refusing = 0;
  for (let i = 0; i < watchers.length; i++) if (!watchers[i]!.take(inputs, gate.world)) refusing |= 1 << i;
  if (refusing === 0) return settled;
  const doubted = gate.doubted(settled, refusing);
  doubted.counters.watched(doubted.holds.wouldBlock);
  return doubted;
}

/** Calls share what they hold as long as watching adds nothing to it, or the same. */
function withMore(
  gate: Gate,
  holds: Holds,
  permits: Holds['permits'] | undefined,
  breakers: Holds['breakers'] | undefined,
  wouldBlock: readonly string[] | undefined,
): Holds {
  if (permits === undefined && breakers === undefined)
    return wouldBlock === undefined ? holds : gate.watched(holds, wouldBlock);
  return {
    permits: permits ?? holds.permits,
    breakers: breakers ?? holds.breakers,
    wouldBlock: wouldBlock ?? [],
  };
}

/** To a list that is made for the first: mostly there is none, or one, and a list that is made empty is made too large. */
const added = (id: string, ids: string[] | undefined): string[] => {
  if (ids === undefined) return [id];
  ids.push(id);
  return ids;
};

/** A list to be added to, where there is somebody who adds to it. */
const copyFor = <T>(steps: readonly unknown[], held: readonly T[]): T[] | undefined =>
  steps.length > 0 ? [...held] : undefined;

/** Whether a limit is about the call; asked once a call, for it is counted. */
function isAbout(step: LimitStep, inputs: CallInputs, wallMs: number): boolean {
  if (!applies(step.compiled, inputs, wallMs)) return false;
  if (step.isCounted) step.state.asked += 1;
  return true;
}

/** Whether a limit that is about the call would have refused it: if not it counts it. */
function isOver(step: LimitStep, reading: ClockReading, inputs: CallInputs, mayWait: boolean): boolean {
  if (step.peek(inputs, reading) > (mayWait ? Number.MAX_VALUE : 0)) return true;
  step.commit(reading);
  return false;
}

/** Whether a breaker lets the call go: if so it counts it. */
function goesBy(breaker: Breaker, reading: ClockReading): boolean {
  if (breaker.peek(reading) > 0) return false;
  breaker.commit(reading);
  return true;
}

/** Counts the call, once: a queue that it stands in may find later that it would have been refused. */
function doubt(gate: Gate, wouldBlock: readonly string[], permits: readonly Permit[] | undefined): void {
  gate.state.counters.watched(wouldBlock);
  for (const permit of permits ?? []) permit.doubted?.();
}

/** What the call would hold of a concurrency rule that is about it; undefined where it would have refused the call. */
function permitOf(
  { state, world }: Gate,
  step: LimitStep,
  inputs: CallInputs,
  mayWait: boolean,
): Permit | undefined {
  const shape = step.queueOf(inputs);
  if (shape !== undefined)
    return state.watchedQueue(step.compiled.id, step.permits(world.nowMs)).enter(shape, mayWait);
  return isOver(step, world, inputs, mayWait) ? undefined : step.permits(world.nowMs);
}
