import { Readable } from 'node:stream';
import type { UnderlyingByteSource } from 'node:stream/web';
import type { HeaderOf } from './for-everybody.ts';
import { AnswerKeeper, isKeepable, mostBytes } from './kept-answer.ts';

/**
 * Keeps what a call was answered, and answers the response to hand on. It reads ahead of its caller as far as is kept;
 * beyond that it waits for him, and where he gives up, so does it: a copy beside him would hold the other side on.
 * Never throws: what isn't like a response is handed on as it is.
 */
export function keepFetched(response: Response, keep: (answer: unknown) => void, asked: HeaderOf): Response {
  try {
    const { status, headers, body } = response;
    const headerOf: HeaderOf = (name) => headers.get(name) ?? undefined;
    if (!isKeepable(status, asked, headerOf)) return response;
    const keeper = new AnswerKeeper(keep, asked);
    const end = (): void => keeper.end(status, headerOf);
    if (body instanceof ReadableStream) return passedOn(response, body, keeper, end);
    if (body === null) end();
  } catch {
    // Of another kind than those of this platform.
  }
  return response;
}

function passedOn(
  response: Response,
  body: ReadableStream<Uint8Array>,
  keeper: AnswerKeeper,
  end: () => void,
): Response {
  const { status, statusText, headers } = response;
  const reader = body.getReader();
  const source: UnderlyingByteSource = {
    type: 'bytes',
    pull: async (controller) => {
      let part = await reader.read();
      while (!part.done && part.value.byteLength === 0) part = await reader.read();
      if (!part.done) {
        keeper.add(part.value);
        // A stream takes the memory of what it is given, which may be a part of more.
        controller.enqueue(new Uint8Array(part.value));
        return;
      }
      end();
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel: (reason) => reader.cancel(reason),
  };
  const passing = new ReadableStream(source, { highWaterMark: mostBytes });
  try {
    const Kind = response.constructor as typeof Response;
    const handedOn = likeFirst(response, new Kind(passing, { status, statusText, headers }));
    unread.register(handedOn, { passing: new WeakRef(passing), reader });
    return handedOn;
  } catch (error) {
    reader.releaseLock();
    throw error;
  }
}

/**
 * Responses that nobody holds any more. A `fetch` ends the body of one that was never read, for it would keep its
 * connection for ever; here it has no way to know.
 */
const unread = new FinalizationRegistry<{
  readonly passing: WeakRef<ReadableStream>;
  readonly reader: ReadableStreamDefaultReader;
}>(({ passing, reader }) => {
  const body = passing.deref();
  if (body === undefined || !(body.locked || Readable.isDisturbed(body as never)))
    reader.cancel().catch(() => undefined);
});

/** With what only a response has that was fetched, in its clones too. */
function likeFirst(first: Response, response: Response): Response {
  const { url, redirected, type } = first;
  const clone = (): Response => likeFirst(first, Object.getPrototypeOf(response).clone.call(response));
  for (const [name, value] of Object.entries({ url, redirected, type, clone }))
    Object.defineProperty(response, name, { configurable: true, enumerable: false, writable: true, value });
  return response;
}
