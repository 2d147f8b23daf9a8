import type { ErrorText } from '@sluice/core';
import type { Clock } from '../clock.ts';
import { reason, reasonOf, verbatim } from '../notices/reasons.ts';
import type { Held } from './held.ts';
import type { View } from './view.ts';

/** Why not, or undefined when there is nothing against it. */
export type Answer = ErrorText | undefined;

/** How long a validator may take; what it has not accepted by then is refused. */
const validatorDeadlineMs = 5000;

/** Asks the app's own validators. Each is asked once about one content, and its answer is remembered. */
export class Vetting {
  readonly #clock: Clock;
  readonly #answers = new WeakMap<View, WeakMap<Held, Answer | Promise<Answer>>>();

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
    answers.set(held, answer);
    if (answer instanceof Promise) void answer.then((known) => answers.set(held, known));
    return answer;
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
