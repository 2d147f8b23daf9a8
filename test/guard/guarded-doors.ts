import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import { Controller, Get, type INestApplication, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import { BlockedError, type Sluice } from '@sluice/client';
import { guardFastify } from '@sluice/client/fastify';
import { guardFetch } from '@sluice/client/fetch';
import { guardGrpcClient } from '@sluice/client/grpc';
import { BlockedErrorFilter, SLUICE, SluiceInterceptor } from '@sluice/nest';
import fastify, { type FastifyInstance, type FastifyPluginCallback } from 'fastify';

/** What a caller got: a status and a text where there are such, else a value or an error. */
export type Got = readonly [status: number | string, what: unknown];

const book = { title: 'Walden' };

@Controller('books')
class Books {
  @Get('one')
  one() {
    return book;
  }
}

const address = (server: { address(): unknown }): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function ofResponse(response: Response): Promise<Got> {
  const text = await response.text();
  try {
    return [response.status, JSON.parse(text)];
  } catch {
    return [response.status, text];
  }
}

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const find = {
  path: '/shop.Stock/Find',
  requestStream: false,
  responseStream: false,
  requestSerialize: bytes,
  requestDeserialize: (data: Buffer): unknown => JSON.parse(String(data)),
  responseSerialize: bytes,
  responseDeserialize: (data: Buffer): unknown => JSON.parse(String(data)),
} as const;

/** One client, and an application that is guarded by it in every way there is: each answers the same book. */
export class GuardedDoors {
  readonly #sluice: Sluice;
  readonly #nest: INestApplication;
  readonly #fastify: FastifyInstance;
  readonly #outside: Server;
  readonly #grpcServer: grpc.Server;
  readonly #grpcClient: grpc.Client & {
    find(request: object, done: (error: grpc.ServiceError | null, answer?: unknown) => void): void;
  };
  readonly #nestUrl: string;

  private constructor(
    sluice: Sluice,
    parts: readonly [INestApplication, FastifyInstance, Server, grpc.Server, number],
  ) {
    this.#sluice = sluice;
    const [nest, web, outside, grpcServer, port] = parts;
    this.#nest = nest;
    this.#fastify = web;
    this.#outside = outside;
    this.#grpcServer = grpcServer;
    this.#nestUrl = address(nest.getHttpServer() as Server);
    const Stock = grpc.makeGenericClientConstructor({ find }, 'Stock');
    this.#grpcClient = new Stock(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
      interceptors: [guardGrpcClient(sluice, grpc)],
    }) as never;
  }

  static async open(sluice: Sluice): Promise<GuardedDoors> {
    @Module({
      controllers: [Books],
      providers: [
        { provide: SLUICE, useValue: sluice },
        { provide: APP_INTERCEPTOR, useClass: SluiceInterceptor },
        { provide: APP_FILTER, useClass: BlockedErrorFilter },
      ],
    })
    class Root {}
    const nest = await NestFactory.create(Root, { logger: false });
    await nest.listen(0, '127.0.0.1');
    const web = fastify();
    await web.register(guardFastify(sluice) as unknown as FastifyPluginCallback);
    web.get('/shelf/:id', async () => book);
    const json = { 'content-type': 'application/json' };
    const outside = createServer((_, response) => response.writeHead(200, json).end(JSON.stringify(book)));
    outside.listen(0, '127.0.0.1');
    await once(outside, 'listening');
    const grpcServer = new grpc.Server();
    grpcServer.addService(
      { find },
      {
        find: (_: unknown, done: grpc.sendUnaryData<object>) => done(null, book),
      },
    );
    const port = await new Promise<number>((resolve, reject) =>
      grpcServer.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    return new GuardedDoors(sluice, [nest, web, outside, grpcServer, port]);
  }

  /** What callers get now, by the way in which they are guarded. */
  async all(): Promise<Record<'protect' | 'nest' | 'fastify' | 'fetch' | 'grpc', Got>> {
    const [protect, nest, web, outbound, rpc] = await Promise.all([
      this.#protected(),
      fetch(`${this.#nestUrl}/books/one`).then(ofResponse),
      this.#web(),
      this.#outbound(),
      this.#rpc(),
    ]);
    return { protect, nest, fastify: web, fetch: outbound, grpc: rpc };
  }

  async close(): Promise<void> {
    this.#grpcClient.close();
    this.#grpcServer.forceShutdown();
    this.#outside.closeAllConnections();
    this.#outside.close();
    await this.#fastify.close();
    await this.#nest.close();
  }

  async #protected(): Promise<Got> {
    try {
      return ['value', await this.#sluice.protect('shelf.find', async () => book)()];
    } catch (error) {
      if (!(error instanceof BlockedError) || error.onBlock?.answer !== 'http')
        return ['error', (error as Error).message];
      const { status, body } = error.toHttp();
      return [status, body];
    }
  }

  async #web(): Promise<Got> {
    const { statusCode, body } = await this.#fastify.inject({ url: '/shelf/1' });
    return ofResponse(new Response(statusCode === 204 ? null : body, { status: statusCode }));
  }

  async #outbound(): Promise<Got> {
    try {
      return await ofResponse(await guardFetch(this.#sluice)(address(this.#outside)));
    } catch (error) {
      return ['error', (error as Error).message];
    }
  }

  #rpc(): Promise<Got> {
    return new Promise((resolve) =>
      this.#grpcClient.find({ id: 1 }, (error, answer) =>
        resolve(error ? ['error', error.details] : ['value', answer]),
      ),
    );
  }
}
