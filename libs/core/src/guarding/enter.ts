import type { CallInputs } from '../model/call.ts';
import { Entry } from './entry.ts';
import type { Gate, Standing } from './gate.ts';
import type { Holds, Plan } from './plan.ts';
import { watch, watchAll } from './watch.ts';
import { told } from './world.ts';

/** The call goes under what the gate has settled, where every call holds the same of what intercepts. */
export function enterStraight(gate: Gate, settled: Standing, inputs: CallInputs, mayWait: boolean): Entry {
  const { plan } = settled;
  const { watchers } = plan;
  if (watchers === undefined)
    return told(gate.world, enter(gate, plan, inputs, gate.world.nowMs, plan.interceptHolds!, mayWait));
  const standing = watchers.length === 0 ? settled : watchAll(gate, settled, inputs);
  standing.counters.enter();
  return new Entry(standing, gate.world.nowMs);
}

/** The call goes under the plan that it came in under, and what only watches sees it go. */
export function enter(
  gate: Gate,
  plan: Plan,
  inputs: CallInputs,
  nowMs: number,
  holds: Holds,
  mayWait: boolean,
): Entry {
  const held = plan.holds === undefined ? watch(gate, plan, inputs, nowMs, holds, mayWait) : holds;
  gate.state.counters.enter();
  return new Entry(gate.entered(plan, held), nowMs);
}
