import { performance } from 'node:perf_hooks';
import type { CallInputs, Entry, FaultScope, Guard, Harm, Language } from '@sluice/core';
import type { Clock } from '../../clock.ts';
import type { Context } from '../context.ts';
import { copyOf } from '../last-good.ts';
import type { RulingListener } from '../ruling-listener.ts';
import { faultTag } from './fault-tag.ts';
import type { HeldCalls } from './held-calls.ts';
import { InjectedError } from './injected-error.ts';

export interface InjectorOptions {
  readonly clock: Clock;
  readonly language: Language;
  readonly core: Guard;
  readonly context: Context;
  readonly held: HeldCalls;
  readonly listener: () => RulingListener | undefined;
}

/** Does to calls what faults say that were drawn for them. */
export class Injector {
  readonly #options: InjectorOptions;

  constructor(options: InjectorOptions) {
    this.#options = options;
  }

  /**
   * What is to go wrong with a call that goes, asked once for it. The process has stood still already where it had to;
   * the rest is to be done by `hold` and `end`.
   */
  draw(entry: Entry, inputs: CallInputs, scope: FaultScope): Harm | undefined {
    const { core, clock, listener } = this.#options;
    const { standing } = entry;
    const harm = core.harm(entry, inputs, clock.monotonic(), scope);
    if (!harm || !standing) return undefined;
    const { id, name: fault, compiled } = harm.fault;
    const { resource, type } = standing.gate;
    const drillId = id.slice(0, -fault.length - 1);
    listener()?.injected({ resource, type, drillId, fault, kind: compiled.rule.fault, holdMs: harm.holdMs });
    if (harm.blockMs > 0) standStill(harm.blockMs);
    return harm;
  }

  /** Holds a call back. Rejects with the reason of its signal when its caller gives up. */
  hold(harm: Harm, signal: AbortSignal | undefined): Promise<void> {
    return this.#options.held.hold(harm, signal);
  }

  /** The error in place of a call that doesn't go on; undefined: it does. */
  errorOf({ fault, end }: Harm): InjectedError | undefined {
    return end && new InjectedError(fault, this.#options.language);
  }

  /** Calls a function, or does in place of it what was drawn. */
  call(
    entry: Entry,
    inputs: CallInputs,
    scope: FaultScope,
    signal: AbortSignal | undefined,
    go: () => unknown,
  ): unknown {
    const harm = this.draw(entry, inputs, scope);
    if (!harm) return go();
    if (harm.holdMs <= 0) return this.#goOn(harm, go);
    return this.hold(harm, signal).then(() => this.#goOn(harm, go));
  }

  #goOn(harm: Harm, go: () => unknown): unknown {
    const { end, fault } = harm;
    if (end?.fault === 'return') return copyOf(end.value);
    const error = this.errorOf(harm);
    if (error) throw error;
    return this.#options.context.run({ tags: { [faultTag]: fault.id } }, go);
  }
}

/** By the clock of the machine: no other goes on while the process stands still. */
function standStill(blockMs: number): void {
  const untilMs = performance.now() + blockMs;
  while (performance.now() < untilMs);
}
