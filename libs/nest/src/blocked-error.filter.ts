import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { BlockedError } from '@sluice/client';
import { type Observable, throwError } from 'rxjs';

/** What Express and Fastify have in common. */
interface Reply {
  readonly raw?: { readonly headersSent: boolean; end(): unknown };
  readonly headersSent?: boolean;
  end?(): unknown;
  status(code: number): this;
  header(name: string, value: string): this;
  send(body?: string): unknown;
}

/** The other end of a web socket. */
interface Client {
  emit?(event: string, told: object): unknown;
}

/**
 * Answers for calls that were refused, wherever in a handler that was: 429, 503 or 403 with `Retry-After`, or what the
 * rule says. `{ provide: APP_FILTER, useClass: BlockedErrorFilter }`
 */
@Catch(BlockedError)
export class BlockedErrorFilter implements ExceptionFilter<BlockedError> {
  catch(error: BlockedError, host: ArgumentsHost): Observable<never> | undefined {
    const { code, message, decisionId, retryAfterMs } = error;
    const told = { status: 'error', code, message, decisionId, retryAfterMs };
    switch (host.getType<string>()) {
      case 'http':
        return answer(error, host.switchToHttp().getResponse<Reply>());
      case 'rpc':
        return throwError(() => told);
      case 'ws':
        // Nest sends nothing where a filter is asked.
        host.switchToWs().getClient<Client>().emit?.('exception', told);
        return undefined;
      default:
        // Whatever was returned here, GraphQL would take for what the resolver answers.
        throw error;
    }
  }
}

function answer(error: BlockedError, reply: Reply): undefined {
  const raw = reply.raw ?? reply;
  // The handler had begun to answer by itself before it was refused: there is no other answer any more.
  if (raw.headersSent) {
    raw.end?.();
    return;
  }
  const { status, headers, body } = error.toHttp();
  reply.status(status);
  for (const [name, value] of Object.entries(headers)) reply.header(name, value);
  reply.send(body);
}
