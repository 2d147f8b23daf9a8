import type { CallInputs } from '../model/call.ts';
import { Entry } from './entry.ts';
import type { Gate } from './gate.ts';
import type { Holds, Plan } from './plan.ts';
import { watch } from './watch.ts';

/** The call goes under the plan of the gate as it stands, where every call holds the same of what intercepts. */
export function enterStraight(gate: Gate, plan: Plan, inputs: CallInputs): Entry {
  if (plan.holds === undefined) return enter(gate, plan, inputs, gate.world.nowMs, plan.interceptHolds!);
  const { settled } = gate;
  settled.counters.enter();
  return new Entry(settled, gate.world.nowMs);
}

/** The call goes under the plan that it came in under, and what only watches sees it go. */
export function enter(gate: Gate, plan: Plan, inputs: CallInputs, nowMs: number, holds: Holds): Entry {
  const held = plan.holds === undefined ? watch(gate, plan, inputs, nowMs, holds) : holds;
  gate.state.counters.enter();
  return new Entry(gate.entered(plan, held), nowMs);
}
