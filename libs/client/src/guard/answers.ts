import type { CallInputs, Degrade, Gate, Plan } from '@sluice/core';
import type { Notices } from '../notices/notices.ts';
import type { BlockedError } from './blocked-error.ts';
import type { Context } from './context.ts';
import { copyOf, LastGood } from './last-good.ts';
import { isPromise } from './outcome-of.ts';
import type { ScriptRunners } from './script-runners.ts';

/** A function of the app that rules may name. */
export type NamedFallback = (error: BlockedError, ...args: never[]) => unknown;

/** A call that was refused, as far as its answer depends on it. */
export interface Refused {
  readonly gate: Gate;
  readonly error: BlockedError;
  readonly args: readonly unknown[];
  readonly inputs: CallInputs;
  /** The caller takes no promise. */
  readonly isSync: boolean;
  /** The fallback in the code; counts where the rule says nothing, or where what it says can't be had. */
  readonly otherwise: ((error: unknown, ...args: never[]) => unknown) | undefined;
}

const none = Symbol('no answer');
/** So often a fallback may come to its own resource, one time within the other. Without end, it would do nothing else. */
const mostTurns = 8;

/** What callers get that were refused. What the rule says goes before what the code says. */
export class Answers {
  readonly lastGood = new LastGood<Gate>();
  readonly #notices: Notices;
  readonly #scripts: () => ScriptRunners;
  readonly #nowMs: () => number;
  readonly #context: Context;
  readonly #named = new Map<string, NamedFallback>();

  constructor(notices: Notices, scripts: () => ScriptRunners, nowMs: () => number, context: Context) {
    this.#notices = notices;
    this.#scripts = scripts;
    this.#nowMs = nowMs;
    this.#context = context;
  }

  /** Registers a fallback under a name; answers the way to take it away. A later one of that name takes its place. */
  register(name: string, fallback: NamedFallback): () => void {
    this.#named.set(name, fallback);
    return () => {
      if (this.#named.get(name) === fallback) this.#named.delete(name);
    };
  }

  /** The answer, or a promise of it where it takes one; throws the refusal, or what a fallback threw. */
  to(refused: Refused): unknown {
    const { error, gate } = refused;
    // Those that counted the refusal: until there is an answer, others may be in force.
    const { faults } = gate.standing.plan;
    const answer =
      error.onBlock === undefined ? this.#otherwise(refused) : this.#byRule(error.onBlock, refused);
    if (!isPromise(answer)) return this.#given(refused, answer, faults);
    return Promise.resolve(answer).then((value) => this.#given(refused, value, faults));
  }

  #given({ gate, error }: Refused, answer: unknown, faults: Plan['faults']): unknown {
    if (answer === none) throw error;
    gate.state.counters.degraded += 1;
    faults?.answered('blocked');
    return answer;
  }

  #byRule(onBlock: Degrade, refused: Refused): unknown {
    switch (onBlock.answer) {
      case 'empty':
        return undefined;
      case 'value':
        return copyOf(onBlock.value);
      case 'error':
      case 'http':
        return none;
      case 'fallback':
        return this.#byName(onBlock.name, refused);
      case 'lastGood': {
        const found = this.lastGood.find(refused.gate, this.#nowMs(), onBlock.maxAgeMs);
        return found ? found.value : this.#otherwise(refused);
      }
      case 'script':
        return refused.isSync ? this.#otherwise(refused) : this.#byScript(onBlock.ruleId, refused);
    }
  }

  #byName(name: string, refused: Refused): unknown {
    const { gate, error, args, isSync } = refused;
    const fallback = this.#named.get(name);
    if (!fallback) {
      this.#notices.warn('fallback_missing', { name, rule: error.ruleId }, name);
      return this.#otherwise(refused);
    }
    if (this.#context.depthOf(gate) >= mostTurns) {
      this.#notices.warn('fallback_circular', { name, resource: error.resource }, name);
      return this.#otherwise(refused);
    }
    const answer = this.#context.doing(gate, () => fallback(error, ...(args as never[])));
    if (!isSync || !isPromise(answer)) return answer;
    this.#notices.warn('fallback_async', { name, resource: error.resource }, name);
    Promise.resolve(answer).catch(() => undefined);
    return this.#otherwise(refused);
  }

  async #byScript(ruleId: string, refused: Refused): Promise<unknown> {
    const answer = await this.#scripts().fallback(ruleId, refused.inputs, refused.error);
    return answer.answered ? answer.value : this.#otherwise(refused);
  }

  #otherwise({ otherwise, error, args }: Refused): unknown {
    return otherwise ? otherwise(error, ...(args as never[])) : none;
  }
}
