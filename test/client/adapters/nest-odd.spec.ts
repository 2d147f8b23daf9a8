import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  Controller,
  Get,
  Header,
  type INestApplication,
  Inject,
  Injectable,
  Module,
  Post,
  Req,
  Res,
  UseInterceptors,
} from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, ExternalContextCreator, NestFactory } from '@nestjs/core';
import { BlockedError } from '@sluice/client';
import { manualClock, type TestSluice, testSluice } from '@sluice/client/testing';
import type { Rules } from '@sluice/core';
import { BlockedErrorFilter, Protect, SLUICE, SluiceInterceptor } from '@sluice/nest';
import { until } from '../../support/until.ts';
import { oneCall } from './shop.ts';

interface Asked {
  readonly headers: { readonly authorization?: string };
}
interface Answer {
  write(text: string): void;
}

@Injectable()
class Shelf {
  @Protect('shelf.find')
  async find(): Promise<string> {
    return 'Walden';
  }
}

/** Handlers that have begun, and what lets them go. */
let begun: (() => void)[] = [];
/** What Nest logs as an error. */
let errors: unknown[] = [];

@Controller('books')
class Books {
  constructor(@Inject(Shelf) private readonly shelf: Shelf) {}

  @Get('slow')
  async slow() {
    await new Promise<void>((resolve) => begun.push(resolve));
    return {};
  }

  @Post('slow')
  @UseInterceptors(SluiceInterceptor)
  @UseInterceptors(SluiceInterceptor)
  add() {
    return { added: true };
  }

  @Get('midway')
  async midway(@Res() response: Answer) {
    response.write('once upon a ');
    return this.shelf.find();
  }

  @Get('mine')
  mine(@Req() { headers }: Asked) {
    return { of: headers.authorization ?? 'all' };
  }

  @Get('shared')
  @Header('cache-control', 'public')
  shared(@Req() { headers }: Asked) {
    return { of: headers.authorization };
  }
}

class Resolver {
  constructor(private readonly shelf: Shelf) {}

  async book() {
    return this.shelf.find();
  }
}

describe('Nest', () => {
  let clock: ReturnType<typeof manualClock>;
  let sluice: TestSluice;
  let app: INestApplication;
  let url: string;

  beforeEach(async () => {
    begun = [];
    errors = [];
    clock = manualClock();
    sluice = testSluice({}, { clock });
    @Module({
      controllers: [Books],
      providers: [
        Shelf,
        { provide: SLUICE, useValue: sluice },
        { provide: APP_INTERCEPTOR, useClass: SluiceInterceptor },
        { provide: APP_FILTER, useClass: BlockedErrorFilter },
      ],
    })
    class Root {}
    const ignore = () => undefined;
    const error = (...message: unknown[]) => errors.push(message);
    app = await NestFactory.create(Root, { logger: { log: ignore, warn: ignore, error } });
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}/books`;
  });

  afterEach(async () => {
    for (const go of begun) go();
    (app.getHttpServer() as Server).closeAllConnections();
    await app.close();
    await sluice.close();
  });

  /** A caller who leaves when `leave` is called, and has left when that is through. */
  const caller = async (path: string) => {
    const gone = new AbortController();
    const asked = once(app.getHttpServer() as Server, 'request');
    const answer = fetch(`${url}${path}`, { signal: gone.signal }).catch(() => undefined);
    const [, response] = (await asked) as [unknown, NodeJS.EventEmitter];
    const closed = once(response, 'close');
    const leave = async () => {
      gone.abort();
      await closed;
    };
    return { answer, leave };
  };
  const underWay = () => sluice.guarding().resources.find(({ type }) => type === 'web')?.active;

  it('gives the permit of a caller back who hangs up, however long his handler goes on', async () => {
    const permit = { kind: 'limit', algorithm: 'concurrency', max: 1, mode: 'intercept' } as const;
    await sluice.rules({ permit: { ...permit, resource: { match: 'exact', value: 'GET /books/slow' } } });
    const ends: number[] = [];
    sluice.on('calls', ({ resources }) =>
      ends.push(...resources.flatMap((each) => [each.success, each.aborted])),
    );
    const first = await caller('/slow');
    await until('his handler has begun', async () => begun.length === 1);
    expect(underWay()).toBe(1);
    await first.leave();
    expect(underWay()).toBe(0);
    begun.pop()!();
    const second = fetch(`${url}/slow`);
    await until('another one is let in', async () => begun.length === 1);
    begun.pop()!();
    expect((await second).status).toBe(200);
    await clock.advance(1000);
    expect(ends).toEqual([1, 1]);
  });

  it('does not call the handler for who hung up while he waited for his turn', async () => {
    const paced = { kind: 'limit', algorithm: 'leakyBucket', limit: 1, intervalMs: 30_000 } as const;
    const queue = { maxQueueMs: 60_000, maxQueueLength: 10, mode: 'intercept' } as const;
    const resource = { match: 'exact', value: 'GET /books/slow' } as const;
    await sluice.rules({ paced: { ...paced, ...queue, resource } } as Rules);
    await caller('/slow');
    await until('the handler of the first has begun', async () => begun.length === 1);
    const second = await caller('/slow');
    await second.leave();
    await clock.advance(60_000);
    expect(begun).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  it('counts a call once, however many interceptors of the client it passes', async () => {
    await sluice.rules(oneCall('POST /books/slow'));
    const add = async () => (await fetch(`${url}/slow`, { method: 'POST' })).status;
    expect([await add(), await add()]).toEqual([201, 429]);
  });

  it('ends what a handler had begun to answer before it was refused', async () => {
    await sluice.rules(oneCall('shelf.find'));
    await (app.get(Shelf) as Shelf).find();
    const response = await fetch(`${url}/midway`);
    expect([response.status, await response.text()]).toEqual([200, 'once upon a ']);
    expect(errors).toEqual([]);
  });

  it('gives an answer that belongs to one user to nobody else', async () => {
    const ask = async (path: string, authorization: string) =>
      (await fetch(`${url}${path}`, { headers: { authorization } })).text();
    await sluice.rules(oneCall('GET /books/mine', { answer: 'lastGood' }));
    expect(await ask('/mine', 'ann')).toBe('{"of":"ann"}');
    expect(await ask('/mine', 'bob')).toContain('limited');
    await sluice.rules(oneCall('GET /books/shared', { answer: 'lastGood' }));
    expect(await ask('/shared', 'ann')).toBe('{"of":"ann"}');
    expect(await ask('/shared', 'bob')).toBe('{"of":"ann"}');
  });

  it('fails a resolver of GraphQL that is refused, instead of answering nothing', async () => {
    await sluice.rules(oneCall('shelf.find'));
    const resolver = new Resolver(app.get(Shelf));
    const ways = { interceptors: true, guards: true, filters: true };
    const ask = app
      .get(ExternalContextCreator)
      .create(resolver, resolver.book, 'book', undefined, undefined, undefined, undefined, ways, 'graphql');
    expect(await ask()).toBe('Walden');
    await expect(ask()).rejects.toBeInstanceOf(BlockedError);
  });

  it('tells who is at the other end of a web socket that he was refused', async () => {
    await sluice.rules(oneCall('shelf.find'));
    const shelf: Shelf = app.get(Shelf);
    await shelf.find();
    const refusal = await shelf.find().catch((error: unknown) => error as BlockedError);
    const told: unknown[] = [];
    const emit = (...args: unknown[]) => told.push(...args);
    const host = { getType: () => 'ws', switchToWs: () => ({ getClient: () => ({ emit }) }) };
    new BlockedErrorFilter().catch(refusal as BlockedError, host as unknown as ArgumentsHost);
    expect(told).toMatchObject(['exception', { status: 'error', code: 'limited' }]);
  });
});
