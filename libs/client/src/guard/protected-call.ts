import { type Block, type CallInputs, Entry, type Gate, type Outcome, type Waiting } from '@sluice/core';
import type { CallGuard } from './call-guard.ts';
import type { CallFacts } from './call-options.ts';
import { functionScopes } from './faults/fault-scopes.ts';
import { isPromise, outcomeOf } from './outcome-of.ts';
import { waitFor } from './wait-for.ts';

type Args = readonly unknown[];

/** `ProtectOptions`, without the types of one function. */
export interface Loose {
  readonly fallback?: ((error: unknown, ...args: unknown[]) => unknown) | undefined;
  readonly inputs?: ((...args: unknown[]) => CallFacts) | undefined;
  readonly signal?: ((...args: unknown[]) => AbortSignal | undefined) | undefined;
  readonly outcome?: ((error: unknown, value: unknown) => Outcome) | undefined;
  readonly async?: boolean | undefined;
}

/** What a function is known to answer. */
type Manner = 'unknown' | 'values' | 'promises';

const AsyncFunction = (async () => undefined).constructor;

/** A guarded function: what happens at each of its calls. */
export class ProtectedCall {
  readonly #guard: CallGuard;
  readonly #gate: Gate;
  readonly #fn: (...args: unknown[]) => unknown;
  readonly #options: Loose;
  #manner: Manner;
  /** Until then a newer answer isn't worth keeping. */
  #notesAgainMs = 0;

  constructor(guard: CallGuard, gate: Gate, fn: (...args: unknown[]) => unknown, options: Loose) {
    this.#guard = guard;
    this.#gate = gate;
    this.#fn = fn;
    this.#options = options;
    const isAsync = options.async ?? fn instanceof AsyncFunction;
    this.#manner = isAsync ? 'promises' : options.async === false ? 'values' : 'unknown';
  }

  call(self: unknown, args: unknown[]): unknown {
    const { inputs: read, signal: signalOf } = this.#options;
    const inputs = read
      ? this.#guard.inputsBy(read, this.#gate, args)
      : this.#guard.inputsOf(this.#gate, args);
    const signal = signalOf?.(...args);
    if (this.#manner === 'promises') return this.#callLater(self, args, inputs, signal);
    if (signal?.aborted) throw signal.reason;
    const answer = this.#guard.askNow(this.#gate, inputs);
    return answer instanceof Entry
      ? this.#run(answer, self, args, inputs, signal)
      : this.#refused(answer, args, inputs);
  }

  /** Like `call`, for a function whose callers take a promise: may wait, and never throws. */
  #callLater(self: unknown, args: unknown[], inputs: CallInputs, signal: AbortSignal | undefined): unknown {
    const { scripts, watchingScripts } = this.#gate.standing.plan;
    if (scripts.length > 0 || watchingScripts.length > 0 || signal?.aborted)
      return this.#goOn(this.#guard.askLater(this.#gate, inputs, signal), self, args, inputs, signal);
    const answer = this.#guard.ask(this.#gate, inputs, true);
    try {
      if (answer instanceof Entry) return promised(this.#run(answer, self, args, inputs, signal));
      if (answer.verdict === 'block') return promised(this.#refused(answer as Block, args, inputs));
    } catch (error) {
      return Promise.reject(error);
    }
    const entering = waitFor(this.#guard, answer as Waiting, signal);
    return this.#goOn(entering, self, args, inputs, signal);
  }

  async #goOn(
    entering: Promise<Entry | Block>,
    self: unknown,
    args: unknown[],
    inputs: CallInputs,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const answer = await entering;
    return answer instanceof Entry
      ? this.#run(answer, self, args, inputs, signal)
      : this.#refused(answer, args, inputs);
  }

  /** The call goes. This is the innermost place: what goes wrong from here on, breakers and fallbacks see. */
  #run(
    entry: Entry,
    self: unknown,
    args: unknown[],
    inputs: CallInputs,
    signal: AbortSignal | undefined,
  ): unknown {
    if (this.#guard.listener) this.#guard.went(entry);
    let result: unknown;
    try {
      result =
        entry.standing!.plan.faults === undefined
          ? Reflect.apply(this.#fn, self, args)
          : this.#harmed(entry, self, args, inputs, signal);
    } catch (error) {
      return this.#failed(entry, error, args);
    }
    if (isPromise(result)) {
      if (this.#manner === 'unknown') this.#manner = 'promises';
      return signal ? this.#settleUnless(signal, entry, result, args) : this.#settle(entry, result, args);
    }
    if (this.#manner === 'unknown') this.#manner = 'values';
    this.#succeeded(entry, result);
    return result;
  }

  /** There are faults for calls of this resource. In a method of its own: its closure would cost every call. */
  #harmed(
    entry: Entry,
    self: unknown,
    args: unknown[],
    inputs: CallInputs,
    signal: AbortSignal | undefined,
  ): unknown {
    const go = (): unknown => Reflect.apply(this.#fn, self, args);
    return this.#guard.injector.call(entry, inputs, functionScopes[this.#manner], signal, go);
  }

  #settle(entry: Entry, result: PromiseLike<unknown>, args: Args): Promise<unknown> {
    if (!isPlain(result)) return this.#settleOther(entry, result, args);
    // Two functions cost a call less than an asynchronous function does.
    return result.then(
      (value) => {
        this.#succeeded(entry, value);
        return value;
      },
      (error: unknown) => this.#failed(entry, error, args),
    );
  }

  async #settleOther(entry: Entry, result: PromiseLike<unknown>, args: Args): Promise<unknown> {
    let value: unknown;
    try {
      value = await result;
    } catch (error) {
      return this.#failed(entry, error, args);
    }
    this.#succeeded(entry, value);
    return value;
  }

  /** A caller that gives up holds nothing any more, however long the function goes on. */
  async #settleUnless(
    signal: AbortSignal,
    entry: Entry,
    result: PromiseLike<unknown>,
    args: Args,
  ): Promise<unknown> {
    const givenUp = () => this.#guard.end(entry, 'abort');
    signal.addEventListener('abort', givenUp, { once: true });
    try {
      return await this.#settle(entry, result, args);
    } finally {
      signal.removeEventListener('abort', givenUp);
    }
  }

  #succeeded(entry: Entry, value: unknown): void {
    const ending = this.#ending(undefined, value, 'success');
    const { standing } = entry;
    const nowMs = this.#guard.end(entry, ending);
    // What a drill answers in place of the function is nobody's good answer.
    if (ending === 'success' && nowMs >= this.#notesAgainMs && standing?.isHarmed !== true)
      this.#notesAgainMs = this.#guard.answers.lastGood.note(this.#gate, value, nowMs);
  }

  #failed(entry: Entry, error: unknown, args: Args): unknown {
    const { fallback } = this.#options;
    const ending = this.#ending(error, undefined, outcomeOf(error));
    const faults = entry.standing?.plan.faults;
    this.#guard.end(entry, ending);
    if (!fallback) throw error;
    const answer = fallback(error, ...args);
    // Who looks on at a drill wants to know what callers got in the end.
    if (faults && ending === 'error') whenGiven(answer, () => faults.answered('error'));
    return answer;
  }

  /** What the app says of the ending; where asking it fails, the call has to be ended all the same. */
  #ending(error: unknown, value: unknown, usual: Outcome): Outcome {
    const { outcome } = this.#options;
    if (!outcome) return usual;
    try {
      return outcome(error, value);
    } catch {
      return usual;
    }
  }

  #refused(block: Block, args: Args, inputs: CallInputs): unknown {
    const error = this.#guard.refusal(block);
    const { fallback } = this.#options;
    return this.#guard.answers.to({
      gate: this.#gate,
      error,
      args,
      inputs,
      // As long as nobody knows: a caller that takes no promise must never get one.
      isSync: this.#manner !== 'promises',
      otherwise: fallback as ((error: unknown, ...args: never[]) => unknown) | undefined,
    });
  }
}

const then = Promise.prototype.then;

/** A promise of this realm whose `then` is nobody else's. */
const isPlain = (result: PromiseLike<unknown>): result is Promise<unknown> =>
  result.then === then && result.constructor === Promise;

/** As soon as there is an answer, now or later; not at all where it turns out to be an error. */
function whenGiven(answer: unknown, given: () => void): void {
  if (!isPromise(answer)) given();
  else answer.then(given, () => undefined);
}

function promised(result: unknown): Promise<unknown> {
  return result instanceof Promise ? result : Promise.resolve(result);
}
