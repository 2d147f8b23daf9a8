import type { CompiledRule } from '../guarding/compile.ts';
import type { CallInputs, Outcome } from '../model/call.ts';
import type { FaultRule } from '../model/fault-rule.ts';
import type { ResourceType } from '../model/resource.ts';
import type { Drill } from './drill.ts';
import type { FaultScope } from './fault-scope.ts';
import { isInjectable, type RunningFault } from './running-fault.ts';

/** What is to go wrong with one call: first the process stands still, then the call is held, then comes the end. */
export interface Harm {
  /** The one that decides about the call: the last that was drawn. */
  readonly fault: RunningFault;
  /** All that were drawn. */
  readonly faults: readonly RunningFault[];
  /** Milliseconds for which the event loop stands still. */
  readonly blockMs: number;
  /** Milliseconds for which the call is held back; until its fault ends where it hangs. */
  readonly holdMs: number;
  /** What the caller gets in place of the call; undefined: the call goes on. */
  readonly end: FaultRule | undefined;
}

/** A drill and those of its faults that are about one resource. */
interface Part {
  readonly drill: Drill;
  readonly faults: readonly RunningFault[];
}

/** The faults of one resource, of all drills that run. */
export class ResourceFaults {
  readonly #place: string;
  readonly #parts: readonly Part[];
  /** In the order in which they are asked. */
  readonly rules: readonly CompiledRule<FaultRule>[];

  private constructor(place: string, parts: readonly Part[]) {
    this.#place = place;
    this.#parts = parts;
    this.rules = parts.flatMap(({ faults }) => faults.map(({ compiled }) => compiled));
  }

  /** Undefined where no drill has a fault for this resource: then a call has nothing more to look at. */
  static of(
    drills: readonly Drill[],
    name: string,
    type: ResourceType,
    place: string,
  ): ResourceFaults | undefined {
    const about = drills.flatMap((drill) => {
      const faults = drill.faults.filter(
        ({ compiled: { rule, matches } }) =>
          rule.mode !== 'off' &&
          (rule.resource.type === undefined || rule.resource.type === type) &&
          matches(name),
      );
      return faults.length > 0 ? [{ drill, faults }] : [];
    });
    return about.length > 0 ? new ResourceFaults(place, about) : undefined;
  }

  /**
   * What is to go wrong with a call that was let in just now. Delays add up and a call that is delayed may still meet
   * another fault; the first that ends the call is the last that is asked.
   */
  harm(inputs: CallInputs, nowMs: number, scope: FaultScope): Harm | undefined {
    const drawn: RunningFault[] = [];
    let blockMs = 0;
    let holdMs = 0;
    let end: FaultRule | undefined;
    for (const { drill, faults } of this.#parts) {
      if (nowMs >= drill.endsMs) continue;
      const wallMs = nowMs + drill.wallOffsetMs;
      drill.budget.called(nowMs);
      let isPaid = false;
      for (const fault of faults) {
        if (end !== undefined) break;
        const index = fault.draws(this.#place, inputs, wallMs);
        if (index === undefined) continue;
        const { rule } = fault.compiled;
        if (!isInjectable(rule, scope)) {
          fault.notInjectable += 1;
          continue;
        }
        isPaid ||= drill.budget.take(nowMs);
        if (!isPaid) {
          fault.overBudget += 1;
          continue;
        }
        fault.injected += 1;
        drawn.push(fault);
        const lengthMs = fault.lengthMs(this.#place, index, wallMs);
        if (rule.fault === 'blockEventLoop') blockMs += lengthMs;
        else holdMs += lengthMs;
        if (rule.fault !== 'blockEventLoop' && rule.fault !== 'delay') end = rule;
      }
    }
    const fault = drawn.at(-1);
    return fault && { fault, faults: drawn, blockMs, holdMs, end };
  }

  /** A call ended. */
  ended(outcome: Outcome): void {
    for (const { drill } of this.#parts) drill.ended(outcome);
  }

  /** A call was refused. */
  refused(): void {
    for (const { drill } of this.#parts) drill.callers.blocked += 1;
  }

  /** A caller got another answer in place of a refusal, or of an error; one that was never counted counts for nothing. */
  answered(instead: 'blocked' | 'error'): void {
    for (const {
      drill: { callers },
    } of this.#parts) {
      if (callers[instead] === 0) continue;
      callers[instead] -= 1;
      callers.degraded += 1;
    }
  }
}
