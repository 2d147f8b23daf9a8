import type { CallInputs, Outcome, ResourceType } from '@sluice/core';
import type { InjectedError } from './faults/injected-error.ts';

/** A function that can be guarded. */
export type Guardable = (...args: never[]) => unknown;

/** What nested calls know of the request that they serve, without being told. */
export type CallContext = Pick<CallInputs, 'origin' | 'user' | 'ip' | 'tags'>;

/** What rules may look at in a call besides its arguments. Headers are named in lower case. */
export type CallFacts = Omit<CallInputs, 'args'>;

/** How a function is guarded. */
export interface ProtectOptions<F extends Guardable> {
  /** `method` when absent. */
  readonly type?: ResourceType;
  /**
   * Answers when the call was refused or failed, unless the rule says itself what a refused caller gets. Its own
   * error goes to the caller.
   */
  readonly fallback?: (error: unknown, ...args: Parameters<F>) => ReturnType<F> | Awaited<ReturnType<F>>;
  /** What rules may look at; asked only while some rule does. Goes before what the context says. */
  readonly inputs?: (...args: Parameters<F>) => CallFacts;
  /** Aborted: the caller waits no more and gets its reason, or the fallback; what the call holds is free. */
  readonly signal?: (...args: Parameters<F>) => AbortSignal | undefined;
  /**
   * How the call ended, for breakers and counts. Without it: what throws or rejects is an error, but for an
   * `AbortError` and for a refusal from further inside, which say nothing of the health of what was called.
   */
  readonly outcome?: (error: unknown, value: Awaited<ReturnType<F>> | undefined) => Outcome;
  /**
   * True: it answers promises, so calls may wait for their turn and refusals reject. Without it that is seen from the
   * function being `async`, or from what it answered before.
   */
  readonly async?: boolean;
}

/** A call whose beginning and end are told one by one. */
export interface EntryOptions extends CallInputs {
  /** `method` when absent. */
  readonly type?: ResourceType;
  /** What else rules may look at; asked only while some rule does. Goes before what is given outright. */
  readonly inputs?: () => CallFacts;
}

export interface EnterOptions extends EntryOptions, GateOptions {
  /**
   * Aborted while the call waits: it is not let in, and `enter` rejects with the reason of the signal. A function is
   * asked for it only where the call has to wait.
   */
  readonly signal?: AbortSignal | (() => AbortSignal | undefined);
  /** For adapters: how the call is taken where a fault of a drill ends it. By what the fault says when absent. */
  readonly injected?: (error: InjectedError) => Outcome;
}

/** What all calls through a gate have in common. */
export interface GateOptions {
  /** `method` when absent. */
  readonly type?: ResourceType;
  /**
   * For adapters: what the caller speaks, so that a fault of a drill may answer in it. `InjectedError` has the answer.
   * Of a `grpcStream` there is no one answer; a `message` takes any value and any error.
   */
  readonly protocol?: 'http' | 'grpc' | 'grpcStream' | 'message';
}

/** One call through a gate: what rules may look at, each read only where one does. */
export interface GateCall extends CallFacts {
  /** Asked for only where the call has to wait. Aborted: it is not let in, and rejects with the reason of the signal. */
  signal?(): AbortSignal | undefined;
}

/** Where the calls of one resource come through; worth keeping, for to find it is a part of what a call costs. */
export interface CallGate {
  /**
   * Lets one call in: answers its passage, or throws the `BlockedError`, where nobody has to wait; else a promise. The
   * passage has to be exited, whatever way it ends.
   */
  admit(call?: GateCall): Passage | Promise<Passage>;
}

/** A call that was let in. It has to be told how it ended, whatever way it ends; only the first time counts. */
export interface Passage {
  /** `drill/fault` of a fault that was injected into the call, which goes on all the same: it was delayed. */
  readonly fault?: string | undefined;
  /**
   * For adapters: takes the answer of this call, once it is a good one, as the last good answer of the resource.
   * Undefined mostly: the first call of a second stands for all of them.
   */
  keeper(): ((answer: unknown) => void) | undefined;
  /**
   * `success` when nothing is said, an outcome by its name (`success`, `error`, `abort`), or whatever was thrown: that
   * counts as an error, but for an `AbortError` and a `BlockedError`.
   */
  exit(ending?: unknown): void;
}
