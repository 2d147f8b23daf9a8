import type { ExecutionContext } from '@nestjs/common';
import { type CallFacts, isForEverybody } from '@sluice/client';

export type Outcome = 'success' | 'error' | 'abort';

/** What Express and Fastify have in common. */
interface Reply extends Response {
  readonly raw?: Response;
  getHeader(name: string): unknown;
}

interface Response {
  readonly statusCode: number;
  readonly writableEnded: boolean;
  readonly closed: boolean;
  once(event: 'close', listener: () => void): unknown;
}

/**
 * Tells what the status of an answer says of a handler that has done its part: 5xx is an error, all else a success.
 * Where Nest sends what the handler answered it is told at once, and where the handler or a filter of exceptions sends
 * something, with the end of the response.
 */
export function tellAnswer(
  context: ExecutionContext,
  isSentLater: boolean,
  told: (outcome: Outcome) => void,
): void {
  const response = responseOf(context);
  const outcome = (): Outcome => (response.statusCode >= 500 ? 'error' : 'success');
  if (!isSentLater || response.writableEnded) told(outcome());
  else if (response.closed) told('abort');
  else response.once('close', () => told(response.writableEnded ? outcome() : 'abort'));
}

/** Calls back where the client hangs up before it has its answer. */
export function whenHungUp(context: ExecutionContext, hungUp: () => void): void {
  const response = responseOf(context);
  const closed = (): void => {
    if (!response.writableEnded) hungUp();
  };
  if (response.closed) closed();
  else response.once('close', closed);
}

/** Whether others than who asked may be given what the handler has answered, by the headers that are known by then. */
export function isGivable(context: ExecutionContext, asked: CallFacts['headers']): boolean {
  const reply = context.switchToHttp().getResponse<Reply>();
  return isForEverybody(
    (name) => asked?.[name],
    (name) => reply.getHeader(name),
  );
}

function responseOf(context: ExecutionContext): Response {
  const reply = context.switchToHttp().getResponse<Reply>();
  return reply.raw ?? reply;
}
