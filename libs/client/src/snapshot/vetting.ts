import type { ErrorText } from '@sluice/core';
import type { Clock } from '../clock.ts';
import { reason, reasonOf, verbatim } from '../notices/reasons.ts';
import type { Held } from './held.ts';
import type { View } from './view.ts';

/** Why not, or undefined when there is nothing against it. */
export type Answer = ErrorText | undefined;

/** How long a validator may take; what it has not accepted by then is refused. */
const validatorDeadlineMs = 5000;
/** Contents of one namespace that are remembered as accepted. */
const maxAccepted = 32;

/** Asks the app's own validators. Each is asked once about one content, and its answer is remembered. */
export class Vetting {
  readonly #clock: Clock;
  readonly #answers = new WeakMap<View, WeakMap<Held, Answer | Promise<Answer>>>();

  /** Digests of what a view's validator has accepted before. */
  readonly #accepted = new WeakMap<View, Set<string>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The answer, at once when the validator gives it at once. Never throws or rejects. */
  ask(view: View, held: Held): Answer | Promise<Answer> {
    if (!view.vet) return undefined;
    const answers = this.#answers.get(view) ?? new WeakMap<Held, Answer | Promise<Answer>>();
    this.#answers.set(view, answers);
    if (answers.has(held)) return answers.get(held);
    const answer = this.#askNow(view.vet, held);
    const settle = (known: Answer): void => {
      answers.set(held, known);
      if (known === undefined) this.#remember(view, held.digest);
    };
    if (!(answer instanceof Promise)) settle(answer);
    else {
      answers.set(held, answer);
      void answer.then(settle);
    }
    return answer;
  }

  /** The same, for what comes back when a layer ends: what was accepted once must not have to wait or be refused. */
  askUnlessAccepted(view: View, held: Held): Answer | Promise<Answer> {
    return this.#accepted.get(view)?.has(held.digest) ? undefined : this.ask(view, held);
  }

  #remember(view: View, digest: string): void {
    const accepted = this.#accepted.get(view) ?? new Set<string>();
    this.#accepted.set(view, accepted.add(digest));
    for (const oldest of accepted) {
      if (accepted.size <= maxAccepted) break;
      accepted.delete(oldest);
    }
  }

  #askNow(vet: NonNullable<View['vet']>, held: Held): Answer | Promise<Answer> {
    let verdict: unknown;
    try {
      verdict = vet(held);
    } catch (error) {
      return refusalOf(error);
    }
    if (!isPromise(verdict)) return answerOf(verdict);
    const settled = Promise.resolve(verdict).then(answerOf, refusalOf);
    return new Promise((resolve) => {
      const timer = this.#clock.after(validatorDeadlineMs, () =>
        resolve(reason('validator_late', { limitSec: validatorDeadlineMs / 1000 })),
      );
      void settled.then((answer) => {
        timer.cancel();
        resolve(answer);
      });
    });
  }
}

function answerOf(verdict: unknown): Answer {
  if (typeof verdict === 'string' && verdict !== '') return verbatim(verdict);
  return verdict === false ? reason('vetoed') : undefined;
}

function refusalOf(error: unknown): ErrorText {
  const said = reasonOf(error);
  return said.en === '' ? reason('vetoed') : said;
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
