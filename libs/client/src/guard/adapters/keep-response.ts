import type { ServerResponse } from 'node:http';
import { AnswerKeeper, isKeepable } from './kept-answer.ts';

/** Keeps what a server answers, as it is written; the response goes its way as without this. */
export function keepWritten(response: ServerResponse, keep: (answer: unknown) => void): void {
  const keeper = new AnswerKeeper(keep);
  const { write, end } = response;
  /** Some responses write what they are ended with. */
  let isEnding = false;
  response.write = function (this: ServerResponse, ...args: unknown[]): boolean {
    if (!isEnding) keeper.add(args[0], args[1]);
    return Reflect.apply(write, this, args) as boolean;
  } as typeof write;
  response.end = function (this: ServerResponse, ...args: unknown[]): ServerResponse {
    if (!isEnding) keeper.add(args[0], args[1]);
    isEnding = true;
    return Reflect.apply(end, this, args) as ServerResponse;
  } as typeof end;
  response.once('close', () => {
    if (response.writableEnded) keeper.end(response.statusCode, (name) => response.getHeader(name));
  });
}

/** Keeps what a call was answered, beside whoever reads it; never rejects. */
export async function keepFetched(response: Response, keep: (answer: unknown) => void): Promise<void> {
  const { status, headers } = response;
  if (!isKeepable(status, headers.get('content-type') ?? undefined)) return;
  try {
    const keeper = new AnswerKeeper(keep);
    const reader = response.clone().body?.getReader();
    for (let part = await reader?.read(); part && !part.done; part = await reader!.read())
      if (!keeper.add(part.value)) {
        await reader!.cancel();
        return;
      }
    keeper.end(status, (name) => headers.get(name) ?? undefined);
  } catch {
    // The connection broke, or the body was read before: there is nothing to keep.
  }
}
