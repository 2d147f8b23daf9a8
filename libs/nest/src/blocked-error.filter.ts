import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { BlockedError } from '@sluice/client';
import { type Observable, throwError } from 'rxjs';

/** What Express and Fastify have in common. */
interface Reply {
  status(code: number): this;
  header(name: string, value: string): this;
  send(body?: string): unknown;
}

/**
 * Answers for calls that were refused, wherever in a handler that was: 429, 503 or 403 with `Retry-After`, or what the
 * rule says. `{ provide: APP_FILTER, useClass: BlockedErrorFilter }`
 */
@Catch(BlockedError)
export class BlockedErrorFilter implements ExceptionFilter<BlockedError> {
  catch(error: BlockedError, host: ArgumentsHost): Observable<never> | undefined {
    if (host.getType() !== 'http') {
      const { code, message, decisionId, retryAfterMs } = error;
      return throwError(() => ({ status: 'error', code, message, decisionId, retryAfterMs }));
    }
    const { status, headers, body } = error.toHttp();
    const reply = host.switchToHttp().getResponse<Reply>().status(status);
    for (const [name, value] of Object.entries(headers)) reply.header(name, value);
    reply.send(body);
    return undefined;
  }
}
