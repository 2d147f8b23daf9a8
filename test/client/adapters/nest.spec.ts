import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ArgumentsHost,
  Catch,
  Controller,
  type DynamicModule,
  type ExceptionFilter,
  Get,
  HttpCode,
  HttpException,
  type INestApplication,
  Inject,
  Injectable,
  Module,
  Next,
  Param,
  Post,
  Res,
  Sse,
} from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import { ExecutionContextHost } from '@nestjs/core/internal';
import { type ClientProxy, ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import type { TestSluice } from '@sluice/client/testing';
import type { Degrade } from '@sluice/core';
import { BlockedErrorFilter, Protect, SLUICE, SluiceInterceptor } from '@sluice/nest';
import fastify from 'fastify';
import { EMPTY, firstValueFrom, from, of, toArray } from 'rxjs';
import { until } from '../../support/until.ts';
import { broken, drillOf, oneCall, shopClient, twoFailuresShut } from './shop.ts';

@Injectable()
class Shelf {
  readonly #books = new Map([['1', 'Walden']]);

  @Protect('shelf.find', { fallback: () => 'no book' })
  find(id: string): string | undefined {
    return this.#books.get(id);
  }

  @Protect()
  async count(): Promise<number> {
    return this.#books.size;
  }
}

class LostBook extends Error {}

/** As apps translate errors of their own. */
@Catch(LostBook)
class LostBookFilter implements ExceptionFilter {
  catch(_: LostBook, host: ArgumentsHost) {
    host.switchToHttp().getResponse<Response>().status(404).json({ lost: true });
  }
}

@Controller('books')
class Books {
  constructor(@Inject(Shelf) private readonly shelf: Shelf) {}

  @Get('count')
  count() {
    return this.shelf.count();
  }

  @Sse('news')
  news() {
    return of({ data: 'one' }, { data: 'two' });
  }

  @Get('own')
  own(@Res() response: Response) {
    response.json({ own: true });
  }

  @Post('own')
  hand(@Next() next: () => void) {
    next();
  }

  @Get('own/passthrough')
  passedThrough(@Res({ passthrough: true }) response: Response) {
    response.setHeader('x-shelf', '1');
    return { own: false };
  }

  @Get('out/later')
  outLater(@Res() response: Response) {
    setImmediate(() => response.status(503).json({ own: true }));
  }

  @Get('out/passthrough')
  outPassedThrough(@Res({ passthrough: true }) response: Response) {
    response.status(503);
    return { own: false };
  }

  @Get('out/next')
  outNext(@Next() next: (reason: Error) => void) {
    next(new Error('out of paper'));
  }

  @Get('out/fixed')
  @HttpCode(503)
  outFixed() {
    return { own: false };
  }

  @Get('none')
  none() {
    return EMPTY;
  }

  @Get(':id')
  book(@Param('id') id: string) {
    if (id === '404') throw new HttpException('no such book', 404);
    if (id === '500') throw new Error('out of paper');
    if (id === 'lost') throw new LostBook();
    return { title: this.shelf.find(id) };
  }

  @Post()
  add() {
    return { added: true };
  }

  @MessagePattern('stock.numbers')
  numbers() {
    return from([1, 2, 3]);
  }

  @MessagePattern('stock.reserve')
  reserve(order: { book: string }) {
    return `reserved ${order.book}`;
  }
}

interface Response {
  status(code: number): this;
  json(body: object): void;
  setHeader(name: string, value: string): void;
}

describe('Nest', () => {
  let sluice: TestSluice;
  let app: INestApplication;
  let url: string;
  let client: ClientProxy;

  beforeEach(async () => {
    sluice = shopClient();
    @Module({})
    class Root {}
    const withClient: DynamicModule = {
      module: Root,
      controllers: [Books],
      providers: [
        Shelf,
        { provide: SLUICE, useValue: sluice },
        { provide: APP_INTERCEPTOR, useClass: SluiceInterceptor },
        { provide: APP_FILTER, useClass: BlockedErrorFilter },
        { provide: APP_FILTER, useClass: LostBookFilter },
      ],
    };
    app = await NestFactory.create(withClient, { logger: false });
    const port = await freePort();
    const options = { host: '127.0.0.1', port };
    app.connectMicroservice({ transport: Transport.TCP, options }, { inheritAppConfig: true });
    await app.startAllMicroservices();
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
    client = ClientProxyFactory.create({ transport: Transport.TCP, options });
  });

  afterEach(async () => {
    await client.close();
    await app.close();
    await sluice.close();
  });

  const get = (path: string, init?: RequestInit) => fetch(`${url}${path}`, init);

  it('guards routes under their patterns', async () => {
    await sluice.rules(oneCall('GET /books/:id'));
    expect(await (await get('/books/1')).json()).toEqual({ title: 'Walden' });
    const refused = await get('/books/1');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'limited' });
  });

  it('follows the rule in what a refused caller gets', async () => {
    const rule = 'POST /books';
    const post = () => get('/books', { method: 'POST' });
    await sluice.rules(oneCall(rule, { answer: 'value', value: { later: true } }));
    await post();
    expect(await (await post()).json()).toEqual({ later: true });
    await sluice.rules(oneCall(rule, { answer: 'empty' }));
    expect(await (await post()).text()).toBe('');
    await sluice.rules(oneCall(rule, { answer: 'lastGood' }));
    expect(await (await post()).json()).toEqual({ added: true });
    await sluice.rules(oneCall(rule, { answer: 'http', status: 418, body: 'tea' }));
    const tea = await post();
    expect([tea.status, await tea.text()]).toEqual([418, 'tea']);
    sluice.fallback('queue', () => ({ queued: true }));
    await sluice.rules(oneCall(rule, { answer: 'fallback', name: 'queue' }));
    expect(await (await post()).json()).toEqual({ queued: true });
  });

  it('takes what nobody planned for a failure, and 404 for none', async () => {
    await sluice.rules(twoFailuresShut('GET /books/:id'));
    for (const id of ['404', '404', 'lost', 'lost']) expect((await get(`/books/${id}`)).status).toBe(404);
    for (const status of [500, 500, 503]) expect((await get('/books/500')).status).toBe(status);
  });

  it.each(['later', 'passthrough', 'next', 'fixed'])('knows a failure by its status: %s', async (how) => {
    await sluice.rules(twoFailuresShut(`GET /books/out/${how}`));
    for (const _ of [1, 2]) {
      expect((await get(`/books/out/${how}`)).status).toBe(how === 'next' ? 500 : 503);
      await until('it ended', async () => sluice.guarding().resources.every(({ active }) => active === 0));
    }
    expect(await (await get(`/books/out/${how}`)).json()).toMatchObject({ code: 'breakerOpen' });
  });

  it('lets streams of events through as they are', async () => {
    await sluice.rules(oneCall('GET /books/news'));
    expect(await (await get('/books/news')).text()).toContain('data: two');
    expect((await get('/books/news')).status).toBe(429);
  });

  it('guards methods of providers, with their fallback or as part of the handler', async () => {
    await sluice.rules(oneCall('shelf.find'));
    await get('/books/1');
    expect(await (await get('/books/1')).json()).toEqual({ title: 'no book' });
    await sluice.rules(oneCall('Shelf.count'));
    expect(await (await get('/books/count')).text()).toBe('1');
    expect((await get('/books/count')).status).toBe(429);
    expect(new Shelf().find('1')).toBe('Walden');
  });

  it('guards message handlers under their pattern', async () => {
    await sluice.rules(oneCall('rpc:stock.reserve'));
    const reserve = () => firstValueFrom(client.send<string>('stock.reserve', { book: '1' }));
    expect(await reserve()).toBe('reserved 1');
    await expect(reserve()).rejects.toMatchObject({ code: 'limited', decisionId: expect.any(String) });
    await sluice.rules(oneCall('rpc:stock.reserve', { answer: 'value', value: 'later' }));
    expect(await reserve()).toBe('later');
  });

  it('passes on every value of a message, and no value of a request, as without it', async () => {
    const numbers = () => firstValueFrom(client.send<number>('stock.numbers', {}).pipe(toArray()));
    expect(await numbers()).toEqual([1, 2, 3]);
    await sluice.rules(oneCall('rpc:stock.numbers', { answer: 'value', value: 0 }));
    await numbers();
    expect(await numbers()).toEqual([0]);
    expect((await get('/books/none')).status).toBe(500);
  });

  it('answers for handlers that answer by themselves', async () => {
    const refusing = async (path: string, onBlock: Degrade, init?: RequestInit) => {
      const value = `${init?.method ?? 'GET'} ${path}`;
      const resource = { match: 'exact', value } as const;
      await sluice.rules({ off: { kind: 'degrade', mode: 'intercept', resource, onBlock } });
      const answer = await get(path, init);
      return [answer.status, await answer.text()];
    };
    const value = { sold: 'out' };
    expect(await (await get('/books/own')).json()).toEqual({ own: true });
    expect(await refusing('/books/own', { answer: 'value', value })).toEqual([200, '{"sold":"out"}']);
    expect(await refusing('/books/own', { answer: 'value', value: 'out' })).toEqual([200, 'out']);
    expect(await refusing('/books/own', { answer: 'empty' })).toEqual([200, '']);
    expect(await refusing('/books/own', { answer: 'lastGood' })).toEqual([503, expect.any(String)]);
    const post = { method: 'POST' };
    expect(await refusing('/books/own', { answer: 'value', value: 1 }, post)).toEqual([201, '1']);
    const passed = '/books/own/passthrough';
    expect(await refusing(passed, { answer: 'value', value })).toEqual([200, '{"sold":"out"}']);
    await sluice.rules({});
    sluice.faults(broken('GET /books/own', { fault: 'return', value }));
    expect(await (await get('/books/own')).json()).toEqual(value);
  });

  it('answers for them over Fastify too', async () => {
    const [shop, interceptor] = [fastify(), new SluiceInterceptor(sluice)];
    shop.get('/own', (request, reply) => {
      const context = new ExecutionContextHost([request, reply], Books, Books.prototype.own);
      interceptor.intercept(context, { handle: () => of(reply.send({ own: true })) }).subscribe();
    });
    await sluice.rules(oneCall('GET /own', { answer: 'value', value: { sold: 'out' } }));
    expect((await shop.inject('/own')).json()).toEqual({ own: true });
    const refused = await shop.inject('/own');
    expect([refused.headers['content-type'], refused.json()]).toEqual([
      'application/json; charset=utf-8',
      { sold: 'out' },
    ]);
    await shop.close();
  });

  it('breaks routes and methods as faults of a drill say', async () => {
    sluice.faults(
      broken('GET /books/:id', { fault: 'abort', protocol: 'http', status: 503, body: 'closed' }),
    );
    const aborted = await get('/books/1');
    expect([aborted.status, await aborted.json()]).toEqual([503, { statusCode: 503, message: 'closed' }]);
    sluice.faults(broken('GET /books/:id', { fault: 'return', value: { title: 'stale' } }));
    expect(await (await get('/books/1')).json()).toEqual({ title: 'stale' });
    sluice.faults(broken('GET /books/:id', { fault: 'error', message: 'no disk' }));
    expect((await get('/books/1')).status).toBe(500);
    sluice.faults(broken('shelf.find', { fault: 'error', message: 'no disk' }));
    expect(await (await get('/books/1')).json()).toEqual({ title: 'no book' });
    expect(drillOf(sluice).callers).toMatchObject({ degraded: 1, error: 0 });
    sluice.faults(broken('rpc:stock.reserve', { fault: 'return', value: 'none' }));
    expect(await firstValueFrom(client.send('stock.reserve', { book: '1' }))).toBe('none');
    sluice.faults(broken('GET /books/news', { fault: 'error', message: 'no disk' }));
    expect((await get('/books/news')).status).toBe(500);
    sluice.faults({});
    expect(await (await get('/books/1')).json()).toEqual({ title: 'Walden' });
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
