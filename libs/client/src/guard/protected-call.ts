import { type Block, type CallInputs, Entry, type Gate, type Outcome, type Waiting } from '@sluice/core';
import { type CallGuard, noInputs } from './call-guard.ts';
import type { CallFacts } from './call-options.ts';
import { functionScopes } from './faults/fault-scopes.ts';
import { isOutcome, isPromise, outcomeOf, outcomeOfGivingUp } from './outcome-of.ts';
import { unlessAborted } from './unless-aborted.ts';
import { waitFor } from './wait-for.ts';

type Args = readonly unknown[];
const noArgs: Args = [];

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

/**
 * The function, guarded. Where a call just goes, its arguments are handed on here and kept nowhere: so V8 makes no list
 * of them, which would be a tenth of what a call costs.
 */
export function guardedFunction(
  guard: CallGuard,
  gate: Gate,
  fn: (...args: unknown[]) => unknown,
  options: Loose,
): (this: unknown, ...args: unknown[]) => unknown {
  const call = new ProtectedCall(guard, gate, fn, options);
  return function (this: unknown, ...args: unknown[]): unknown {
    const answer = call.askBare();
    if (answer === undefined) return call.call(this, args);
    if (!(answer instanceof Entry)) return call.stopped(answer, this, args);
    let result: unknown;
    try {
      result = Reflect.apply(fn, this, args);
    } catch (error) {
      return call.threw(answer, error);
    }
    return call.answered(answer, result);
  };
}

/** What happens at each call of a guarded function. */
class ProtectedCall {
  readonly #guard: CallGuard;
  readonly #gate: Gate;
  readonly #fn: (...args: unknown[]) => unknown;
  readonly #options: Loose;
  /** Nothing is found in the arguments, and nobody asks for them when a call has gone wrong. */
  readonly #isBare: boolean;
  #manner: Manner;
  /** Until then a newer answer isn't worth keeping. */
  #notesAgainMs = 0;

  constructor(guard: CallGuard, gate: Gate, fn: (...args: unknown[]) => unknown, options: Loose) {
    this.#guard = guard;
    this.#gate = gate;
    this.#fn = fn;
    this.#options = options;
    const { inputs, signal, fallback } = options;
    this.#isBare = inputs === undefined && signal === undefined && fallback === undefined;
    const isAsync = options.async ?? fn instanceof AsyncFunction;
    this.#manner = isAsync ? 'promises' : options.async === false ? 'values' : 'unknown';
  }

  /** Asks for a call of which nothing matters but that it comes. Undefined where more does: then it is one for `call`. */
  askBare(): Entry | Waiting | Block | undefined {
    if (!this.#isBare || !this.#gate.standing.plan.isBare || this.#guard.listener) return undefined;
    return this.#guard.ask(this.#gate, noInputs, this.#manner === 'promises');
  }

  /** The function of such a call has answered. */
  answered(entry: Entry, result: unknown): unknown {
    return isPlain(result)
      ? this.#settle(entry, result, noArgs)
      : this.#settleAny(entry, result, noArgs, undefined);
  }

  threw(entry: Entry, error: unknown): unknown {
    return this.#threw(entry, error, noArgs);
  }

  /** It has to wait, or doesn't go. */
  stopped(answer: Waiting | Block, self: unknown, args: unknown[]): unknown {
    return this.#stopped(answer, self, args, noInputs, undefined);
  }

  call(self: unknown, args: unknown[]): unknown {
    const { inputs: read, signal: signalOf } = this.#options;
    const inputs = read
      ? this.#guard.inputsBy(read, this.#gate, args)
      : this.#guard.inputsOf(this.#gate, args);
    let signal: AbortSignal | undefined;
    try {
      signal = signalOf && signalIn(signalOf(...args), this.#gate);
    } catch (error) {
      return this.#given(() => {
        throw error;
      });
    }
    if (this.#manner === 'promises') return this.#callLater(self, args, inputs, signal);
    if (signal?.aborted) throw signal.reason;
    const answer = this.#guard.askNow(this.#gate, inputs);
    return answer instanceof Entry
      ? this.#run(answer, self, args, inputs, signal)
      : this.#refused(answer, args, inputs);
  }

  /** Like `call`, for a function whose callers take a promise: may wait, and never throws. */
  #callLater(self: unknown, args: unknown[], inputs: CallInputs, signal: AbortSignal | undefined): unknown {
    const { plan } = this.#gate.standing;
    if (signal?.aborted || (plan.asksScripts && this.#guard.asksFirst(this.#gate, inputs)))
      return this.#goOn(this.#guard.askLater(this.#gate, inputs, signal), self, args, inputs, signal);
    const answer = this.#guard.ask(this.#gate, inputs, true);
    return answer instanceof Entry
      ? this.#run(answer, self, args, inputs, signal)
      : this.#stopped(answer, self, args, inputs, signal);
  }

  #stopped(
    answer: Waiting | Block,
    self: unknown,
    args: unknown[],
    inputs: CallInputs,
    signal: AbortSignal | undefined,
  ): unknown {
    if (answer.verdict === 'block')
      return this.#given(() => this.#refused(answer as Block, args, inputs, signal));
    return this.#goOn(waitFor(this.#guard, answer as Waiting, signal), self, args, inputs, signal);
  }

  async #goOn(
    entering: Promise<Entry | Block>,
    self: unknown,
    args: unknown[],
    inputs: CallInputs,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const answer = await entering;
    if (!(answer instanceof Entry)) return this.#refused(answer, args, inputs, signal);
    if (!signal?.aborted) return this.#run(answer, self, args, inputs, signal);
    // Given up between the permit and here.
    this.#guard.end(answer, 'abort');
    throw signal.reason;
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
      return this.#threw(entry, error, args);
    }
    return isPlain(result) && signal === undefined
      ? this.#settle(entry, result, args)
      : this.#settleAny(entry, result, args, signal);
  }

  /** In a method of its own: its closure would cost every call. */
  #threw(entry: Entry, error: unknown, args: Args): unknown {
    return this.#given(() => this.#failed(entry, error, args));
  }

  /** What callers get in place of what the function answers: those that take a promise get one, whatever happens. */
  #given(answer: () => unknown): unknown {
    if (this.#manner !== 'promises') return answer();
    try {
      return promised(answer());
    } catch (error) {
      return Promise.reject(error);
    }
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

  #settleAny(entry: Entry, result: unknown, args: Args, signal: AbortSignal | undefined): unknown {
    if (isPromise(result)) {
      if (this.#manner === 'unknown') this.#manner = 'promises';
      return signal
        ? this.#settleUnless(signal, entry, result, args)
        : this.#settleOther(entry, result, args);
    }
    if (this.#manner === 'unknown') this.#manner = 'values';
    this.#succeeded(entry, result);
    return this.#manner === 'promises' ? Promise.resolve(result) : result;
  }

  #settle(entry: Entry, result: Promise<unknown>, args: Args): Promise<unknown> {
    if (this.#manner === 'unknown') this.#manner = 'promises';
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

  /** A caller that gives up waits no more and holds nothing, however long the function goes on. */
  async #settleUnless(
    signal: AbortSignal,
    entry: Entry,
    result: PromiseLike<unknown>,
    args: Args,
  ): Promise<unknown> {
    let giveUp!: () => void;
    const givenUp = new Promise<never>((_, reject) => {
      giveUp = () => {
        this.#guard.end(entry, outcomeOfGivingUp(signal.reason));
        reject(signal.reason);
      };
    });
    signal.addEventListener('abort', giveUp, { once: true });
    // The function itself may have done it, and then nobody is told any more.
    if (signal.aborted) giveUp();
    try {
      return await this.#settleOther(entry, Promise.race([result, givenUp]), args);
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  #succeeded(entry: Entry, value: unknown): void {
    const ending = this.#ending(undefined, value, 'success');
    const { standing } = entry;
    this.#guard.end(entry, ending);
    // What a drill answers in place of the function is nobody's good answer.
    if (this.#guard.core.nowMs >= this.#notesAgainMs && ending === 'success' && standing?.isHarmed !== true)
      this.#note(value);
  }

  #note(value: unknown): void {
    const { core, answers } = this.#guard;
    this.#notesAgainMs = answers.lastGood.note(this.#gate, value, core.nowMs);
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
      const said: unknown = outcome(error, value);
      if (isOutcome(said)) return said;
      // An asynchronous function comes too late, and nobody is there to hear that it failed.
      if (isPromise(said)) said.then(undefined, () => undefined);
    } catch {
      // As if it had said nothing.
    }
    return usual;
  }

  #refused(block: Block, args: Args, inputs: CallInputs, signal?: AbortSignal): unknown {
    const error = this.#guard.refusal(block);
    const { fallback } = this.#options;
    const given = this.#guard.answers.to({
      gate: this.#gate,
      error,
      args,
      inputs,
      // As long as nobody knows: a caller that takes no promise must never get one.
      isSync: this.#manner !== 'promises',
      otherwise: fallback as ((error: unknown, ...args: never[]) => unknown) | undefined,
    });
    return signal && isPromise(given) ? unlessAborted(given, signal) : given;
  }
}

/** Found out before anything is taken: what can't be listened to would leave the call open for ever. */
function signalIn(given: AbortSignal | null | undefined, { resource }: Gate): AbortSignal | undefined {
  if (given === null || given === undefined) return undefined;
  if (typeof given.addEventListener === 'function') return given;
  throw new TypeError(`protect("${resource}"): signal has to answer an AbortSignal, got ${typeof given}`);
}

const then = Promise.prototype.then;

/** A promise of this realm whose `then` is nobody else's. */
const isPlain = (result: unknown): result is Promise<unknown> =>
  result instanceof Promise && result.then === then && result.constructor === Promise;

/** As soon as there is an answer, now or later; not at all where it turns out to be an error. */
function whenGiven(answer: unknown, given: () => void): void {
  if (!isPromise(answer)) given();
  else answer.then(given, () => undefined);
}

function promised(result: unknown): Promise<unknown> {
  return result instanceof Promise ? result : Promise.resolve(result);
}
