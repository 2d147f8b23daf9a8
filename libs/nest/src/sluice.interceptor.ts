import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { type CallFacts, InjectedError, type Passage, type Sluice } from '@sluice/client';
import { catchError, finalize, from, lastValueFrom, type Observable, switchMap, tap, throwError } from 'rxjs';
import { type GuardedCall, guardedCallOf } from './guarded-call.ts';
import { injectedHttp } from './injected-http.ts';
import { SLUICE } from './sluice-token.ts';

type Handle = (payload: unknown, facts: () => CallFacts, next: CallHandler) => Promise<unknown>;

/**
 * Guards every route and every message handler of the app, under `GET /books/:id` or `rpc:pattern`:
 * `{ provide: APP_INTERCEPTOR, useClass: SluiceInterceptor }`. Where the rule gives a refused caller a value, that is
 * the answer; else it is what `BlockedErrorFilter` makes of the refusal.
 */
@Injectable()
export class SluiceInterceptor implements NestInterceptor {
  readonly #sluice: Sluice;
  readonly #guarded = new Map<string, Handle>();

  constructor(@Inject(SLUICE) sluice: Sluice) {
    this.#sluice = sluice;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const call = guardedCallOf(context);
    if (!call) return next.handle();
    const answer = call.isStream
      ? this.#stream(call, next)
      : from(this.#handleOf(call)(call.payload, call.facts, next));
    if (call.type !== 'web') return answer;
    return answer.pipe(catchError((error: unknown) => throwError(() => injectedHttp(error))));
  }

  #handleOf({ resource, type }: GuardedCall): Handle {
    const key = `${type} ${resource}`;
    let handle = this.#guarded.get(key);
    if (!handle) {
      const bare: Handle = (_payload, _facts, next) =>
        lastValueFrom(next.handle(), { defaultValue: undefined });
      handle = this.#sluice.protect(resource, bare, {
        type,
        async: true,
        inputs: (_payload, facts) => facts(),
        outcome: outcomeOf,
      });
      this.#guarded.set(key, handle);
    }
    return handle;
  }

  /** Values are passed on as they come; the call ends with the last one. */
  #stream({ resource, type, payload, facts }: GuardedCall, next: CallHandler): Observable<unknown> {
    const entering = this.#sluice.enter(resource, { type, args: [payload], ...facts() });
    return from(entering).pipe(
      switchMap((passage: Passage) =>
        next.handle().pipe(
          tap({ error: (error: Error) => passage.exit(error), complete: () => passage.exit() }),
          finalize(() => passage.exit('abort')),
        ),
      ),
    );
  }
}

/** What a handler throws to say 404 is no failure of it; only 5xx and errors that nobody planned are. */
function outcomeOf(error: unknown): 'success' | 'error' | 'abort' {
  if (error === undefined) return 'success';
  if (error instanceof InjectedError) return error.outcome;
  const { name, getStatus } = error as { readonly name?: string; readonly getStatus?: () => number };
  if (name === 'BlockedError' || name === 'AbortError') return 'abort';
  if (typeof getStatus !== 'function') return 'error';
  return getStatus.call(error) >= 500 ? 'error' : 'success';
}
