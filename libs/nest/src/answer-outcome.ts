import type { ExecutionContext } from '@nestjs/common';

export type Outcome = 'success' | 'error' | 'abort';

/** What Express and Fastify have in common. */
interface Reply extends Response {
  readonly raw?: Response;
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
  const reply = context.switchToHttp().getResponse<Reply>();
  const response = reply.raw ?? reply;
  const outcome = (): Outcome => (response.statusCode >= 500 ? 'error' : 'success');
  if (!isSentLater || response.writableEnded) told(outcome());
  else if (response.closed) told('abort');
  else response.once('close', () => told(response.writableEnded ? outcome() : 'abort'));
}
