import type { CallHandler } from '@nestjs/common';
import { BlockedError, InjectedError, type Passage, type Sluice } from '@sluice/client';
import { catchError, defer, type Observable, type Subscriber, tap, throwError } from 'rxjs';
import type { Outcome } from './answer-outcome.ts';
import type { GuardedCall } from './guarded-call.ts';
import { injectedHttp } from './injected-http.ts';

/** One run of a handler behind the guard, for one subscriber. */
export class HandlerRun {
  readonly #sluice: Sluice;
  readonly #call: GuardedCall;
  readonly #next: CallHandler;
  readonly #subscriber: Subscriber<unknown>;
  #passage: Passage | undefined;
  #gone: AbortController | undefined;
  /** Takes the answer as the last good one. */
  #keep: ((answer: unknown) => void) | undefined;
  #last: unknown;
  #count = 0;
  /** The handler has done its part; its answer may be under way. */
  #isDone = false;
  /** The caller isn't there any more. A handler that has begun is left to itself. */
  #hasHungUp = false;

  constructor(sluice: Sluice, call: GuardedCall, next: CallHandler, subscriber: Subscriber<unknown>) {
    this.#sluice = sluice;
    this.#call = call;
    this.#next = next;
    this.#subscriber = subscriber;
  }

  /** Lets the call in, as soon as it may; never rejects. */
  async begin(): Promise<void> {
    const { resource, type, payload, facts, protocol, whenHungUp } = this.#call;
    let passage: Passage;
    whenHungUp?.(() => this.#hungUp());
    try {
      passage = await this.#sluice.enter(resource, {
        type,
        ...(protocol && { protocol }),
        args: [payload],
        inputs: facts,
        signal: () => {
          this.#gone ??= new AbortController();
          if (this.#hasHungUp) this.#gone.abort();
          return this.#gone.signal;
        },
      });
    } catch (error) {
      await this.#insteadOf(error);
      return;
    }
    // Whoever left while the call was let in has gone past `leave` already.
    if (this.#subscriber.closed) passage.exit('abort');
    else this.#goOn(passage);
  }

  /**
   * Nobody listens any more: the call has ended before, or its caller gave up, or has all that it wanted. Only the first
   * ending counts.
   */
  leave(): void {
    this.#gone?.abort();
    if (this.#isDone) return;
    if (this.#count > 0 && !this.#call.isStream) this.#done();
    else this.#passage?.exit('abort');
  }

  #hungUp(): void {
    this.#hasHungUp = true;
    this.#gone?.abort();
    this.#keep = undefined;
    this.#passage?.exit('abort');
  }

  #goOn(passage: Passage): void {
    const { isStream, send } = this.#call;
    this.#passage = passage;
    if (this.#hasHungUp) passage.exit('abort');
    else if (!isStream && !send) this.#keep = passage.keeper();
    const run = (): void => void this.#told().subscribe(this.#subscriber);
    if (passage.fault === undefined) run();
    else this.#sluice.inContext({ tags: { 'sluice.fault': passage.fault } }, run);
  }

  /** What the handler answers, passed on as it comes; the call ends with the last of it. */
  #told(): Observable<unknown> {
    return defer(() => this.#next.handle()).pipe(
      tap({
        next: (value: unknown) => {
          this.#last = value;
          this.#count += 1;
        },
        error: (error: unknown) => this.#failed(error),
        complete: () => this.#done(),
      }),
      catchError((error: unknown) => throwError(() => this.#thrown(error))),
    );
  }

  #done(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    const { tellAnswer } = this.#call;
    if (tellAnswer) tellAnswer(false, (outcome) => this.#answered(outcome));
    else this.#answered('success');
  }

  /** A filter of the app may know what was thrown, and answer 404: the answer says whether it was a failure. */
  #failed(error: unknown): void {
    this.#isDone = true;
    this.#keep = undefined;
    const { tellAnswer } = this.#call;
    const told = toldBy(error);
    if (!tellAnswer || told) this.#answered(told ?? outcomeOf(error));
    else tellAnswer(true, (outcome) => this.#answered(outcome));
  }

  #answered(outcome: Outcome): void {
    this.#passage?.exit(outcome);
    const keep = this.#keep;
    this.#keep = undefined;
    if (outcome !== 'success') return;
    // Of many values Nest answers a request with the last; to a message each of them is a part of the answer.
    const isWhole = this.#call.type === 'web' ? this.#count > 0 : this.#count === 1;
    if (keep && isWhole && this.#call.isGivable?.() !== false) keep(this.#last);
  }

  /** The call was refused, or broken by a fault, or its caller gave up. */
  async #insteadOf(error: unknown): Promise<void> {
    const subscriber = this.#subscriber;
    if (subscriber.closed) return;
    try {
      // Nobody is there any more who could be answered, and Nest wants a value.
      const value = this.#hasHungUp ? undefined : await this.#valueFor(error);
      if (subscriber.closed) return;
      if (!this.#hasHungUp) this.#call.send?.(value);
      subscriber.next(value);
      subscriber.complete();
    } catch (reason) {
      subscriber.error(this.#thrown(reason));
    }
  }

  #valueFor(error: unknown): unknown {
    if (error instanceof InjectedError && error.kind === 'return') return error.value;
    if (error instanceof BlockedError && !this.#call.isStream)
      return this.#sluice.answer(error, this.#call.payload);
    throw error;
  }

  #thrown(error: unknown): unknown {
    return this.#call.type === 'web' ? injectedHttp(error) : error;
  }
}

/** What is no failure of the handler, or of none that a status tells of. */
function toldBy(error: unknown): Outcome | undefined {
  if (error instanceof InjectedError) return error.outcome;
  const { name } = (error ?? {}) as { readonly name?: unknown };
  return name === 'BlockedError' || name === 'AbortError' ? 'abort' : undefined;
}

/** What is thrown to say 404 is no failure of who throws it; only 5xx and errors that nobody planned are. */
function outcomeOf(error: unknown): Outcome {
  const { getStatus } = (error ?? {}) as { readonly getStatus?: () => number };
  return typeof getStatus !== 'function' || getStatus.call(error) >= 500 ? 'error' : 'success';
}
