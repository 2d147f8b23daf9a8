import type { ServerResponse } from 'node:http';
import type { HeaderOf } from './for-everybody.ts';
import { AnswerKeeper } from './kept-answer.ts';

type Writes<R> = (chunk?: unknown, encoding?: unknown, callback?: unknown) => R;

/** What the body of a response goes through. */
interface Body {
  write: Writes<boolean>;
  end: Writes<unknown>;
}

/** The answer of one response, gathered while it is written. */
class WrittenAnswer {
  readonly #keeper: AnswerKeeper;
  /** Some responses write what they are ended with. */
  #isEnding = false;

  constructor(keep: (answer: unknown) => void, asked: HeaderOf) {
    this.#keeper = new AnswerKeeper(keep, asked);
  }

  takes(chunk: unknown, encoding: unknown, isLast: boolean): void {
    if (!this.#isEnding) this.#keeper.add(chunk, encoding);
    this.#isEnding ||= isLast;
  }

  /** The response is over. Where its end didn't come by here, something of it may be missing. */
  closed(response: ServerResponse): void {
    if (this.#isEnding && response.writableEnded)
      this.#keeper.end(response.statusCode, (name) => headerOf(response, name));
  }
}

/**
 * A header of a response that is over. Node hands those that `writeHead` was given straight to the connection where no
 * other was set before, as Fastify does; it has them only in the text of the head then.
 */
function headerOf(response: ServerResponse, name: string): unknown {
  const { _header: head } = response as { readonly _header?: string | null };
  return response.getHeader(name) ?? new RegExp(`^${name}: (.*)$`, 'im').exec(head ?? '')?.[1];
}

/** Of the responses that are kept, by the prototype at which they are listened to. */
const listening = new WeakMap<object, Listening>();

class Listening {
  readonly #answers = new WeakMap<object, WrittenAnswer>();
  /** Mostly none: then a response pays next to nothing. */
  #open = 0;

  /**
   * Every response of the app comes through both, kept or not. So each has a function written out for itself, without a
   * list of its arguments: what is one and the same call for each response, V8 compiles as if it weren't there.
   */
  constructor(prototype: Body) {
    const above = Object.getPrototypeOf(prototype) as Body;
    const write = ownMethod(prototype, 'write');
    const end = ownMethod(prototype, 'end');
    const ears = this;
    replace(prototype, 'write', function (this: object, chunk, encoding, callback) {
      if (ears.#open > 0) ears.#hear(this, chunk, encoding, false);
      return (write ?? above.write).call(this, chunk, encoding, callback);
    });
    replace(prototype, 'end', function (this: object, chunk, encoding, callback) {
      if (ears.#open > 0) ears.#hear(this, chunk, encoding, true);
      return (end ?? above.end).call(this, chunk, encoding, callback);
    });
  }

  add(response: ServerResponse, answer: WrittenAnswer): void {
    this.#answers.set(response, answer);
    this.#open += 1;
  }

  remove(response: ServerResponse): void {
    if (this.#answers.delete(response)) this.#open -= 1;
  }

  #hear(response: object, chunk: unknown, encoding: unknown, isLast: boolean): void {
    this.#answers.get(response)?.takes(chunk, encoding, isLast);
  }
}

const ownMethod = <N extends keyof Body>(prototype: Body, name: N): Body[N] | undefined =>
  Object.hasOwn(prototype, name) ? prototype[name] : undefined;

function replace<N extends keyof Body>(prototype: Body, name: N, value: Body[N]): void {
  const before = Object.getOwnPropertyDescriptor(prototype, name);
  const enumerable = before === undefined || before.enumerable === true;
  Object.defineProperty(prototype, name, { configurable: true, enumerable, writable: true, value });
}

/**
 * Keeps what a server answers, as it is written; the response goes its way as without this. Answers what is to be called
 * when the response is closed.
 *
 * It is listened to at its prototype, that of the app or of Node, once and for all. Methods of its own would give this
 * one response another shape, and V8 would give up what it had compiled for all others, some 35 functions of Express
 * and Node. Where somebody else has given it methods already, such as compression, those are listened to: what comes
 * below them is no text any more.
 */
export function keepWritten(
  response: ServerResponse,
  keep: (answer: unknown) => void,
  asked: HeaderOf,
): () => void {
  const answer = new WrittenAnswer(keep, asked);
  if (Object.hasOwn(response, 'write') || Object.hasOwn(response, 'end')) {
    const body = response as unknown as Body;
    listenTo(body, 'write', answer, false);
    listenTo(body, 'end', answer, true);
    return () => answer.closed(response);
  }
  const prototype = Object.getPrototypeOf(response) as Body;
  const ears = listening.get(prototype) ?? new Listening(prototype);
  listening.set(prototype, ears);
  ears.add(response, answer);
  return () => {
    ears.remove(response);
    answer.closed(response);
  };
}

function listenTo(response: Body, name: keyof Body, answer: WrittenAnswer, isLast: boolean): void {
  const before = response[name];
  response[name] = function (this: object, chunk, encoding, callback): never {
    answer.takes(chunk, encoding, isLast);
    return before.call(this, chunk, encoding, callback) as never;
  };
}
