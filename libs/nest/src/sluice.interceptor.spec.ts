import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ExecutionContext, HttpException, Sse } from '@nestjs/common';
import { type TestSluice, testSluice } from '@sluice/client/testing';
import {
  EMPTY,
  firstValueFrom,
  from,
  lastValueFrom,
  NEVER,
  type Observable,
  of,
  throwError,
  toArray,
} from 'rxjs';
import { SluiceInterceptor } from './sluice.interceptor.ts';

class News {
  @Sse('news')
  stream() {}

  get() {}
}

const request = { method: 'GET', route: { path: '/news' }, headers: {}, query: {}, ip: '10.0.0.1' };

const response = { statusCode: 200, once: () => undefined, getHeader: () => undefined };

const web = (handler: () => void): ExecutionContext =>
  ({
    getType: () => 'http',
    getClass: () => News,
    getHandler: () => handler,
    switchToHttp: () => ({ getRequest: () => request, getResponse: () => response }),
  }) as unknown as ExecutionContext;

function message(): ExecutionContext {
  const handler = () => undefined;
  Reflect.defineMetadata('microservices:pattern', ['numbers'], handler);
  return {
    getType: () => 'rpc',
    getHandler: () => handler,
    switchToRpc: () => ({ getData: () => ({ shop: 'a' }) }),
  } as unknown as ExecutionContext;
}

const { stream, get } = News.prototype;

describe('SluiceInterceptor', () => {
  let sluice: TestSluice;
  let interceptor: SluiceInterceptor;

  beforeEach(() => {
    sluice = testSluice();
    interceptor = new SluiceInterceptor(sluice);
  });

  afterEach(() => sluice.close());

  const answerTo = (context: ExecutionContext, handle: () => Observable<unknown>): Observable<unknown> =>
    interceptor.intercept(context, { handle });
  const active = () => sluice.guarding().resources.map((resource) => resource.active);
  const rule = (more: object) => sluice.rules({ rule: { mode: 'intercept', ...more } } as never);
  const resource = { match: 'exact', value: 'GET /news' };

  it('passes on what a handler answers as it is, without rules', async () => {
    const numbers = answerTo(message(), () => from([1, 2, 3]));
    expect(await firstValueFrom(numbers.pipe(toArray()))).toEqual([1, 2, 3]);
    for (const context of [web(get), web(stream), message()])
      expect(await firstValueFrom(answerTo(context, () => EMPTY).pipe(toArray()))).toEqual([]);
    expect(active()).toEqual([0, 0]);
  });

  it('begins a call when somebody listens, in what the app keeps of the request', async () => {
    const storage = new AsyncLocalStorage<string>();
    const answer = storage.run('request 1', () => answerTo(web(get), () => of(storage.getStore())));
    await setImmediate();
    expect(sluice.guarding().resources).toEqual([]);
    expect(await firstValueFrom(answer)).toBe('request 1');
  });

  it.each([
    ['a request', () => web(get)],
    ['a stream of events', () => web(stream)],
    ['a message', message],
  ])('holds nothing for %s whose caller has gone', async (_, context) => {
    answerTo(context(), () => NEVER)
      .subscribe()
      .unsubscribe();
    await setImmediate();
    expect(active()).toEqual([0]);
    const running = answerTo(context(), () => NEVER).subscribe();
    await setImmediate();
    expect(active()).toEqual([1]);
    running.unsubscribe();
    expect(active()).toEqual([0]);
  });

  it('waits no longer for its turn than its caller does', async () => {
    await rule({
      kind: 'limit',
      algorithm: 'concurrency',
      max: 1,
      maxQueueMs: 60_000,
      queue: 1,
      resource,
    });
    const enter = () => answerTo(web(stream), () => NEVER).subscribe();
    const first = enter();
    await setImmediate();
    const second = enter();
    await setImmediate();
    second.unsubscribe();
    const third = enter();
    await setImmediate();
    expect(third.closed).toBe(false);
    third.unsubscribe();
    first.unsubscribe();
    await setImmediate();
    expect(active()).toEqual([0]);
  });

  it('takes for a failure of a stream what is one of a handler', async () => {
    await rule({
      kind: 'breaker',
      strategy: 'consecutiveErrors',
      threshold: 1,
      minCalls: 1,
      windowMs: 10_000,
      openMs: 60_000,
      resource,
    });
    const failed = (error: unknown) =>
      firstValueFrom(answerTo(web(stream), () => throwError(() => error))).catch((reason: unknown) => reason);
    const planned = new HttpException('no such paper', 404);
    expect(await failed(planned)).toBe(planned);
    expect(await failed(planned)).toBe(planned);
    expect(await failed('success')).toBe('success');
    expect(await failed(planned)).toMatchObject({ code: 'breakerOpen' });
  });

  it('keeps the one value of an answer, and nothing of a stream', async () => {
    const degrade = { kind: 'degrade', onBlock: { answer: 'lastGood' } };
    const asked = (context: ExecutionContext, handle: () => Observable<unknown>) =>
      lastValueFrom(answerTo(context, handle)).catch((error: { code: string }) => error.code);
    await asked(web(get), () => from([1, { title: 'Walden' }]));
    await rule({ ...degrade, resource });
    expect(await asked(web(get), () => NEVER)).toEqual({ title: 'Walden' });
    await sluice.rules({});
    await asked(message(), () => from([1, 2]));
    await rule({ ...degrade, resource: { match: 'exact', value: 'rpc:numbers' } });
    expect(await asked(message(), () => NEVER)).toBe('degraded');
  });
});
