import { AsyncResource } from 'node:async_hooks';
import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import type { Sluice } from '@sluice/client';
import { Observable } from 'rxjs';
import { guardedCallOf } from './guarded-call.ts';
import { HandlerRun } from './handler-run.ts';
import { SLUICE } from './sluice-token.ts';

/** Which clients guard a call at this moment: a second interceptor inside of one adds nothing. */
const guarding = new WeakMap<ExecutionContext, Set<Sluice>>();

/**
 * Guards every route and every message handler of the app, under `GET /books/:id` or `rpc:pattern`:
 * `{ provide: APP_INTERCEPTOR, useClass: SluiceInterceptor }`. Where the rule gives a refused caller a value, that is
 * the answer; else it is what `BlockedErrorFilter` makes of the refusal.
 */
@Injectable()
export class SluiceInterceptor implements NestInterceptor {
  readonly #sluice: Sluice;

  constructor(@Inject(SLUICE) sluice: Sluice) {
    this.#sluice = sluice;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const call = guarding.get(context)?.has(this.#sluice) ? undefined : guardedCallOf(context);
    if (!call) return next.handle();
    // What the app keeps of a request in an AsyncLocalStorage is there now, and may not be when Nest subscribes.
    const scope = new AsyncResource('SluiceInterceptor');
    return new Observable((subscriber) => {
      const run = new HandlerRun(this.#sluice, call, next, subscriber);
      const clients = guarding.get(context) ?? new Set();
      guarding.set(context, clients.add(this.#sluice));
      void scope.runInAsyncScope(() => run.begin());
      return () => {
        clients.delete(this.#sluice);
        run.leave();
      };
    });
  }
}
