import { randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import { contracts, type Released } from '@sluice/protocol';
import { protocolVersion } from '@sluice/protocol/client';
import { ConfigDesk, map } from '../../support/config-desk.ts';
import type { HttpCaller } from '../../support/http-caller.ts';
import { LeanClient } from '../../support/lean-client.ts';
import { RawCaller } from '../../support/raw-caller.ts';
import { RawSocket } from '../../support/raw-socket.ts';
import { ServerProcess } from '../../support/server-process.ts';

export const place = { env: 'prod', app: 'orders' };
/** A digest that is well-formed and of nothing that was ever released. */
export const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
/** The promise is 5 s; the machine of a test may be late. */
export const silentMs = 9000;

export const helloOf = (instanceId: string, more: object = {}): object => ({
  protocol: protocolVersion,
  instanceId,
  bootId: `${instanceId}-boot`,
  labels: {},
  sdk: 'raw/1',
  startedAt: '2026-01-01T00:00:00Z',
  ready: 'defaults',
  cache: 'off',
  epoch: 0,
  revision: 0,
  rootDigest: nothing,
  namespaces: [],
  ...more,
});

export const ackOf = (deliveryId: number, more: object = {}): object => ({
  deliveryId,
  epoch: 0,
  revision: 1,
  rootDigest: nothing,
  stage: 'listened',
  namespaces: [],
  ms: 1,
  ...more,
});

export const event = (name: string, ...args: unknown[]): string =>
  `42/client,${JSON.stringify([name, ...args])}`;

/**
 * A server in a process of its own, which an exception that nobody catches would end; one innocent instance; and
 * links that say what no client says.
 */
export class HostileLinks {
  readonly raw: RawCaller;
  /** Of what is live in `limits`. */
  readonly known: { readonly push: string; readonly digest: string };
  readonly #server: ServerProcess;
  readonly #token: string;
  readonly #steady: LeanClient;
  readonly #open: RawSocket[] = [];
  readonly #staying: RawSocket[] = [];
  #steadyWasClosed = false;

  private constructor(server: ServerProcess, token: string, live: Released, steady: LeanClient) {
    this.raw = new RawCaller(server.url);
    this.known = { push: live.push.id, digest: live.release.digest };
    this.#server = server;
    this.#token = token;
    this.#steady = steady;
    steady.on('closed', () => {
      this.#steadyWasClosed = true;
    });
  }

  static async begin(databaseUrl?: string): Promise<HostileLinks> {
    const server = await ServerProcess.start(
      databaseUrl === undefined
        ? {}
        : { SLUICE_DATABASE_URL: databaseUrl, SLUICE_SECRET_KEY: randomBytes(32).toString('hex') },
    );
    await server.setUp();
    const token = await server.clientToken(place.app);
    const desk = new ConfigDesk(server.admin, place.env, place.app);
    await desk.create('limits');
    const live = await desk.release('limits', map({ timeout: 1 }));
    const steady = new LeanClient(server.url, token, 'steady');
    await steady.connect();
    return new HostileLinks(server, token, live, steady);
  }

  get url(): string {
    return this.#server.url;
  }

  get admin(): HttpCaller {
    return this.#server.admin;
  }

  /** `stays`: it is not ended with its test, but by the server or with all else. */
  async dial({ stays = false } = {}): Promise<RawSocket> {
    const socket = await RawSocket.open(this.url);
    (stays ? this.#staying : this.#open).push(socket);
    await socket.hear(/^0/);
    return socket;
  }

  /** A connection that was let in and has not said hello. */
  async letIn(options: { readonly stays?: boolean } = {}): Promise<RawSocket> {
    const socket = await this.dial(options);
    socket.say(`40/client,${JSON.stringify({ token: this.#token, protocol: protocolVersion })}`);
    await socket.hear(/^40\/client/);
    return socket;
  }

  async greeted(instanceId: string, more: object = {}): Promise<RawSocket> {
    const socket = await this.letIn();
    socket.say(event('hello', helloOf(instanceId, more)));
    await socket.hear(/^42\/client,\["sync"/);
    return socket;
  }

  async isAlive(socket: RawSocket): Promise<void> {
    socket.say('42/client,77["alive"]');
    await socket.hear(/^43\/client,77\[\]/);
  }

  /** Whatever was sent, everybody else is served on as if nothing had been. */
  async othersAreWell(): Promise<void> {
    for (const socket of this.#open.splice(0)) socket.end();
    expect((await this.admin.attempt(contracts.health)).status).toBe(200);
    const params = { ...place, instance: 'steady' };
    const steady = await this.admin.call(contracts.getInstance, { params });
    expect(steady).toMatchObject({ online: true, inSync: true });
    expect(this.#steadyWasClosed).toBe(false);
  }

  async end(): Promise<void> {
    for (const socket of [...this.#open, ...this.#staying]) socket.end();
    this.raw.close();
    this.#steady.close();
    await this.#server.remove();
  }
}
