import type { Block, CallInputs, Entry, FaultScope, Gate, Waiting } from '@sluice/core';
import type { CallGuard } from './call-guard.ts';
import type { CallGate, GateCall, Passage } from './call-options.ts';
import { letIn, OpenPassage } from './open-passage.ts';
import { waitFor } from './wait-for.ts';

const nothing: GateCall = Object.freeze({});

export class OpenGate implements CallGate {
  readonly #guard: CallGuard;
  readonly #gate: Gate;
  readonly #scope: FaultScope;

  constructor(guard: CallGuard, gate: Gate, scope: FaultScope) {
    this.#guard = guard;
    this.#gate = gate;
    this.#scope = scope;
  }

  admit(call: GateCall = nothing): Passage | Promise<Passage> {
    const guard = this.#guard;
    const gate = this.#gate;
    const { plan } = gate.standing;
    const inputs = guard.inputsOf(gate, undefined, call);
    if (plan.asksScripts && guard.asksFirst(gate, inputs))
      return this.#letLater(call, inputs, guard.askLater(gate, inputs, call.signal?.()));
    const answer = guard.ask(gate, inputs, true);
    // The way of nearly every call, which needs nothing else of what this file has.
    if (answer.verdict === 'pass' && plan.faults === undefined && guard.listener === undefined)
      return new OpenPassage(guard, answer as Entry);
    return this.#let(call, inputs, answer);
  }

  #let(call: GateCall, inputs: CallInputs, answer: Entry | Waiting | Block): Passage | Promise<Passage> {
    return answer.verdict === 'wait'
      ? this.#letLater(call, inputs, waitFor(this.#guard, answer as Waiting, call.signal?.()))
      : letIn(this.#guard, answer as Entry | Block, inputs, this.#scope, () => call.signal?.());
  }

  async #letLater(call: GateCall, inputs: CallInputs, answer: Promise<Entry | Block>): Promise<Passage> {
    return letIn(this.#guard, await answer, inputs, this.#scope, () => call.signal?.());
  }
}
