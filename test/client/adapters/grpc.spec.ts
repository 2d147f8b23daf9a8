import * as grpc from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { guardGrpcClient, guardGrpcServer } from '@sluice/client/grpc';
import type { TestSluice } from '@sluice/client/testing';
import type { Injection } from '@sluice/core';
import { until } from '../../support/until.ts';
import { broken, drillOf, oneCall, shopClient } from './shop.ts';

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const value = (data: Buffer): { book: string } => JSON.parse(String(data)) as { book: string };
const method = (path: string, responseStream: boolean, requestStream = false) => ({
  path,
  requestStream,
  responseStream,
  requestSerialize: bytes,
  requestDeserialize: value,
  responseSerialize: bytes,
  responseDeserialize: value,
});
const stock = {
  reserve: method('/shop.Stock/Reserve', false),
  watch: method('/shop.Stock/Watch', true),
  count: method('/shop.Stock/Count', false, true),
  chat: method('/shop.Stock/Chat', true, true),
};
const reserve = 'rpc:/shop.Stock/Reserve';
type WithMetadata = (
  request: object,
  metadata: grpc.Metadata,
  options: object,
  done: (answer: unknown) => void,
) => void;

describe('gRPC', () => {
  let [caller, callee]: TestSluice[] = [];
  let server: grpc.Server;
  let client: grpc.Client & {
    reserve(
      request: object,
      options: { deadline?: number },
      done: (error: grpc.ServiceError | null, answer?: object) => void,
    ): void;
    watch(request: object): grpc.ClientReadableStream<object>;
    count(done: (error: grpc.ServiceError | null) => void): grpc.ClientWritableStream<object>;
    chat(): grpc.ClientDuplexStream<object, object>;
  };
  let status: grpc.status = grpc.status.OK;
  let reserved = 0;
  /** In whose name what the server did was done. */
  let users: string[];
  const seen = (what: string) => users.push(`${what}: ${callee?.context()?.user}`);
  let callerOf: (metadata: grpc.Metadata) => { user: string } | undefined;

  beforeEach(async () => {
    [caller, callee] = [shopClient(), shopClient()];
    [status, reserved] = [grpc.status.OK, 0];
    users = [];
    callerOf = () => undefined;
    const guard = guardGrpcServer(callee, grpc, { caller: (metadata) => callerOf(metadata) });
    server = new grpc.Server({ interceptors: [guard] });
    server.addService(stock, {
      reserve: (call: grpc.ServerUnaryCall<object, object>, done: grpc.sendUnaryData<object>) => {
        reserved++;
        seen('reserve');
        if (status === grpc.status.OK) done(null, call.request);
        else done({ code: status, details: 'no' });
      },
      count: (call: grpc.ServerReadableStream<object, object>, done: grpc.sendUnaryData<object>) => {
        seen('count');
        call.on('data', () => seen('count data'));
        call.on('end', () => {
          seen('count end');
          done(null, {});
        });
      },
      chat: (call: grpc.ServerDuplexStream<object, object>) => {
        seen('chat');
        call.on('data', () => seen('chat data'));
        call.on('end', () => {
          seen('chat end');
          call.end();
        });
      },
      watch: (call: grpc.ServerWritableStream<object, object>) => {
        seen('watch');
        for (let n = 0; n < 3; n++) call.write({ book: String(n) });
        call.end();
      },
    });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    const Stock = grpc.makeGenericClientConstructor(stock, 'Stock');
    client = new Stock(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      interceptors: [guardGrpcClient(caller, grpc)],
    }) as unknown as typeof client;
  });

  afterEach(async () => {
    client.close();
    server.forceShutdown();
    await caller?.close();
    await callee?.close();
  });

  const ask = (deadlineMs?: number) =>
    new Promise<object | undefined>((resolve, reject) =>
      client.reserve(
        { book: '1' },
        deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs },
        (error, answer) => (error ? reject(error) : resolve(answer)),
      ),
    );

  it('carries what it always did, unary and streams', async () => {
    expect(await ask()).toEqual({ book: '1' });
    const books: object[] = [];
    for await (const book of client.watch({})) books.push(book as object);
    expect(books).toHaveLength(3);
  });

  it('refuses on the side of the server before the handler, with the status of the refusal', async () => {
    await callee!.rules(oneCall(reserve));
    await ask();
    const refusal = await ask().catch((error: grpc.ServiceError) => error);
    expect(refusal).toMatchObject({ code: grpc.status.RESOURCE_EXHAUSTED });
    expect((refusal as grpc.ServiceError).metadata.get('sluice-code')).toEqual(['limited']);
    expect(reserved).toBe(1);
  });

  it('lets everything that a call does inherit who calls', async () => {
    let calls = 0;
    callerOf = () => ({ user: `u${++calls}` });
    await ask();
    for await (const _ of client.watch({}));
    await new Promise((resolve) => {
      const books = client.count(resolve);
      books.write({ book: '1' });
      // More than one message, and the last after the first was read.
      setImmediate(() => books.end({ book: '2' }));
    });
    const chat = client.chat();
    chat.write({ book: '1' });
    chat.end();
    await new Promise((resolve) => chat.on('data', () => undefined).on('end', resolve));
    expect(users).toEqual([
      'reserve: u1',
      'watch: u2',
      'count: u3',
      'count data: u3',
      'count data: u3',
      'count end: u3',
      'chat: u4',
      'chat data: u4',
      'chat end: u4',
    ]);
  });

  it('ends a call with a status where the app cannot say who calls, or the guard fails', async () => {
    callerOf = () => {
      throw new Error('no such key');
    };
    const unknown = { code: grpc.status.UNKNOWN, details: 'Unknown error' };
    await expect(ask()).rejects.toMatchObject(unknown);
    callerOf = () => undefined;
    callee!.enter = () => Promise.reject(new TypeError('broken'));
    await expect(ask()).rejects.toMatchObject(unknown);
    expect(reserved).toBe(0);
  });

  it('refuses on the side of the client without calling, and answers what the rule says', async () => {
    await caller!.rules(oneCall(reserve));
    await ask();
    await expect(ask()).rejects.toMatchObject({ code: grpc.status.RESOURCE_EXHAUSTED });
    await caller!.rules(oneCall(reserve, { answer: 'value', value: { book: 'none' } }));
    expect(await ask()).toEqual({ book: 'none' });
    caller!.fallback('shelf', () => ({ book: 'from the shelf' }));
    await caller!.rules(oneCall(reserve, { answer: 'fallback', name: 'shelf' }));
    expect(await ask()).toEqual({ book: 'from the shelf' });
    await caller!.rules(oneCall(reserve, { answer: 'lastGood' }));
    expect(await ask()).toEqual({ book: '1' });
    expect(reserved).toBe(1);
  });

  it('does not give others what one was answered who said who he is', async () => {
    await caller!.rules(oneCall(reserve, { answer: 'lastGood' }));
    const metadata = new grpc.Metadata();
    metadata.set('authorization', 'Bearer ann');
    const reserveAs = client.reserve as unknown as WithMetadata;
    await new Promise((done) => reserveAs.call(client, { book: '1' }, metadata, {}, done));
    await expect(ask()).rejects.toMatchObject({ code: grpc.status.RESOURCE_EXHAUSTED });
    expect(reserved).toBe(1);
  });

  it('ends at the deadline, or when it is cancelled, while what a rule gives instead never comes', async () => {
    caller!.fallback('never', () => new Promise(() => undefined));
    await caller!.rules(oneCall(reserve, { answer: 'fallback', name: 'never' }));
    await ask();
    await expect(ask(50)).rejects.toMatchObject({ code: grpc.status.DEADLINE_EXCEEDED });
    const cancelled = new Promise<grpc.ServiceError | null>((resolve) => {
      const call = client.reserve({ book: '1' }, {}, resolve) as unknown as grpc.ClientUnaryCall;
      setImmediate(() => call.cancel());
    });
    expect((await cancelled)?.code).toBe(grpc.status.CANCELLED);
  });

  it('keeps nothing of a call that was refused on the side of the client', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    await caller!.rules(oneCall(reserve));
    await ask(60_000);
    const before = timers();
    for (let n = 0; n < 20; n++)
      await expect(ask(60_000)).rejects.toMatchObject({ code: grpc.status.RESOURCE_EXHAUSTED });
    expect(timers() - before).toBeLessThan(10);
  });

  it('opens the breaker of a client on statuses that say that the server does badly', async () => {
    const rule = {
      kind: 'breaker',
      strategy: 'consecutiveErrors',
      threshold: 2,
      minCalls: 1,
      windowMs: 10_000,
      openMs: 60_000,
      mode: 'intercept',
      resource: { match: 'exact', value: reserve },
    };
    await caller!.rules({ rule } as never);
    for (const code of [grpc.status.NOT_FOUND, grpc.status.INTERNAL, grpc.status.UNAVAILABLE]) {
      status = code;
      await expect(ask()).rejects.toMatchObject({ code });
    }
    await expect(ask()).rejects.toMatchObject({ code: grpc.status.UNAVAILABLE });
    expect(reserved).toBe(3);
  });

  it.each([
    ['a delay', { fault: 'delay', delay: { distribution: 'fixed', ms: 60_000 } }],
    ['a call that hangs', { fault: 'hang' }],
  ] as const)('ends at the deadline of the caller, however long %s holds it', async (_, injection) => {
    caller!.faults(broken(reserve, injection));
    await expect(ask(200)).rejects.toMatchObject({ code: grpc.status.DEADLINE_EXCEEDED });
    expect(drillOf(caller!)).toMatchObject({ faults: [{ injected: 1, held: 0 }], callers: { error: 1 } });
    expect(reserved).toBe(0);
  });

  it('ends at the deadline of the caller while it waits for its turn under a rule', async () => {
    const rule = {
      kind: 'limit',
      algorithm: 'leakyBucket',
      limit: 1,
      intervalMs: 30_000,
      maxQueueMs: 60_000,
      maxQueueLength: 5,
      mode: 'intercept',
      resource: { match: 'exact', value: reserve },
    };
    await caller!.rules({ rule } as never);
    expect(await ask(5000)).toEqual({ book: '1' });
    await expect(ask(200)).rejects.toMatchObject({ code: grpc.status.DEADLINE_EXCEEDED });
    expect(reserved).toBe(1);
  });

  describe.each(['server', 'client'] as const)('with faults of a drill on the side of the %s', (side) => {
    const breaks = (injection: Injection): TestSluice => {
      const sluice = side === 'server' ? callee! : caller!;
      sluice.faults(broken(reserve, injection));
      return sluice;
    };

    it('ends with the status of the fault, and doesn’t reach the handler', async () => {
      breaks({ fault: 'abort', protocol: 'grpc', status: grpc.status.UNAVAILABLE, message: 'no route' });
      await expect(ask()).rejects.toMatchObject({ code: grpc.status.UNAVAILABLE, details: 'no route' });
      breaks({ fault: 'error', message: 'no disk' });
      await expect(ask()).rejects.toMatchObject({ code: grpc.status.UNKNOWN, details: 'no disk' });
      const sluice = breaks({ fault: 'abort', protocol: 'http', status: 503 });
      expect(await ask()).toEqual({ book: '1' });
      expect(drillOf(sluice).faults[0]).toMatchObject({ injected: 0, notInjectable: 1 });
      expect(reserved).toBe(1);
    });

    it('answers a unary call with the value of the fault, and leaves streams alone', async () => {
      const sluice = breaks({ fault: 'return', value: { book: 'stale' } });
      expect(await ask()).toEqual({ book: 'stale' });
      sluice.faults(broken('rpc:/shop.Stock/Watch', { fault: 'return', value: {} }));
      const books: object[] = [];
      for await (const book of client.watch({})) books.push(book as object);
      expect(books).toHaveLength(3);
      expect(drillOf(sluice).faults[0]).toMatchObject({ notInjectable: 1 });
    });

    it('lets a hung call go when the drill ends', async () => {
      const sluice = breaks({ fault: 'hang' });
      const hung = ask().catch((error: grpc.ServiceError) => error.code);
      await until('it is held', async () => drillOf(sluice).faults[0]?.held === 1);
      sluice.faults({});
      expect(await hung).toBe(grpc.status.DEADLINE_EXCEEDED);
      expect(await ask()).toEqual({ book: '1' });
    });
  });
});
