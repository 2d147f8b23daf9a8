import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { allContracts, type Contracts, contracts, type ResponseOf } from '@sluice/protocol';

export interface Asked {
  readonly id: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

type Refusal = {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details?: unknown;
};

/** Thrown by a handler to answer as the server answers a refused request. */
export class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

/** Thrown by a handler to let the connection break before there is an answer. */
export class Dropped extends Error {}

/** A server of scripted answers: what each operation says is set by the test, everything asked is kept. */
export class FakeServer {
  readonly asked: Asked[] = [];
  readonly #handlers = new Map<string, (asked: Asked) => unknown>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const url = new URL(request.url ?? '/', this.url);
      let text = '';
      for await (const chunk of request) text += chunk;
      const found = match(request.method ?? '', url.pathname);
      const answer = (status: number, body: unknown): void => {
        const type = typeof body === 'string' ? 'text/html' : 'application/json';
        response.writeHead(status, { 'content-type': type, 'set-cookie': 'sluice_session=s1; HttpOnly' });
        response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
      };
      if (!found) return answer(404, notFound);
      const asked: Asked = {
        id: found.contract.id,
        params: found.params,
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      };
      this.asked.push(asked);
      const handler = this.#handlers.get(asked.id);
      if (!handler) return answer(404, notFound);
      try {
        answer(found.contract.status, handler(asked));
      } catch (error) {
        if (error instanceof Dropped) return void request.socket.destroy();
        if (!(error instanceof Refused)) return answer(500, String(error));
        const { status, ...body } = error.refusal;
        answer(status, { ...body, requestId: 'req-1', help: '' });
      }
    });
  }

  static async start(): Promise<FakeServer> {
    const fake = new FakeServer();
    fake.#server.listen(0, '127.0.0.1');
    await once(fake.#server, 'listening');
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  on<Id extends keyof Contracts>(
    id: Id,
    handler: (asked: Asked) => ResponseOf<Contracts[Id]> | string,
  ): this {
    this.#handlers.set(contracts[id].id, handler);
    return this;
  }

  /** Ids of the operations that were asked for and change something. */
  get writes(): string[] {
    const looks = [
      'previewPush',
      'previewPushAct',
      'previewRollback',
      'probeInstance',
      'lintRules',
      'predictRule',
      'replayRules',
      'checkScript',
      'tryScript',
    ];
    return this.asked
      .filter(
        ({ id, body }) =>
          contracts[id as keyof Contracts].method !== 'GET' && body.dryRun !== true && !looks.includes(id),
      )
      .map(({ id }) => id);
  }

  last(id: keyof Contracts): Asked {
    const asked = this.asked.findLast((a) => a.id === id);
    if (!asked) throw new Error(`${id} was never asked for`);
    return asked;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

const notFound = { code: 'not_found', message: 'There is none here.', requestId: 'req-1', help: '' };

function match(method: string, path: string) {
  for (const contract of allContracts) {
    if (contract.method !== method) continue;
    const pattern = new RegExp(`^${contract.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
    const found = pattern.exec(path);
    if (!found) continue;
    const params = Object.fromEntries(
      Object.entries(found.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]),
    );
    return { contract, params };
  }
  return undefined;
}
