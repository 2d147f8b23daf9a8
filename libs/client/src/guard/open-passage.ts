import { type Block, type CallInputs, Entry, type FaultScope, type Gate } from '@sluice/core';
import type { CallGuard } from './call-guard.ts';
import type { EnterOptions, Passage } from './call-options.ts';
import { claim } from './last-good.ts';
import { isOutcome, outcomeOf } from './outcome-of.ts';

export class OpenPassage implements Passage {
  readonly fault: string | undefined;
  readonly #guard: CallGuard;
  readonly #entry: Entry;

  constructor(guard: CallGuard, entry: Entry, fault?: string) {
    this.#guard = guard;
    this.#entry = entry;
    this.fault = fault;
  }

  exit(ending: unknown = 'success'): void {
    this.#guard.end(this.#entry, isOutcome(ending) ? ending : outcomeOf(ending));
  }

  keeper(): ((answer: unknown) => void) | undefined {
    const { standing, startMs } = this.#entry;
    return standing !== undefined && claim(standing.gate, startMs)
      ? this.#keeperAt(standing.gate)
      : undefined;
  }

  /** In a method of its own: its closure would cost every call. */
  #keeperAt(gate: Gate): (answer: unknown) => void {
    const { answers, clock } = this.#guard;
    return (answer) => void answers.lastGood.note(gate, answer, clock.monotonic());
  }
}

/** Opens the way for a call that was asked about, or throws what it is refused with. */
export function letIn(
  guard: CallGuard,
  answer: Block | Entry,
  inputs: CallInputs,
  scope: FaultScope,
  signalOf: () => AbortSignal | undefined,
  injected?: EnterOptions['injected'],
): Passage | Promise<Passage> {
  if (!(answer instanceof Entry)) throw guard.refusal(answer);
  if (guard.listener) guard.went(answer);
  if (answer.standing!.plan.faults === undefined) return new OpenPassage(guard, answer);
  return letHarmed(guard, answer, inputs, scope, signalOf, injected);
}

/** There are faults for calls of this resource: one of them may break this call, or hold it back. */
function letHarmed(
  guard: CallGuard,
  entry: Entry,
  inputs: CallInputs,
  scope: FaultScope,
  signalOf: () => AbortSignal | undefined,
  injected: EnterOptions['injected'],
): Passage | Promise<Passage> {
  const { injector } = guard;
  const harm = injector.draw(entry, inputs, scope);
  if (!harm) return new OpenPassage(guard, entry);
  const open = (): Passage => {
    const error = injector.errorOf(harm);
    if (!error) return new OpenPassage(guard, entry, harm.fault.id);
    guard.end(entry, injected?.(error) ?? error.outcome);
    throw error;
  };
  if (harm.holdMs <= 0) return open();
  return injector.hold(harm, signalOf()).then(open, (reason: unknown) => {
    // Who gave up says nothing of what was called; whose time was over does.
    guard.end(entry, outcomeOf(reason));
    throw reason;
  });
}
