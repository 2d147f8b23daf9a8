import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, createSluice, num, type Sluice } from '@sluice/client';
import { contracts } from '@sluice/protocol';
import type { Held } from '../../libs/client/src/snapshot/held.ts';
import { Store } from '../../libs/client/src/snapshot/store.ts';
import type { HttpCaller } from './http-caller.ts';

const spec = { timeoutMs: num(-1), retries: num(-1) };

/** One real client of the config `order`, with a listener on each key. */
export class RealInstance {
  readonly sluice: Sluice;
  /** Everything that its listeners heard, in order. */
  readonly heard: { readonly key: string; readonly value: number; readonly at: number }[] = [];
  readonly #order;
  readonly #store: Store;

  constructor(sluice: Sluice) {
    this.sluice = sluice;
    let store: Store | undefined;
    const declare = Store.prototype.declare;
    Store.prototype.declare = function (this: Store, view) {
      store = this;
      return declare.call(this, view);
    };
    this.#order = sluice.config('order', spec);
    Store.prototype.declare = declare;
    this.#store = store!;
    for (const key of ['timeoutMs', 'retries'] as const)
      this.#order.on(key, (value) => void this.heard.push({ key, value, at: Date.now() }));
  }

  get timeoutMs(): number {
    return this.#order.timeoutMs;
  }

  get retries(): number {
    return this.#order.retries;
  }

  /** Recomputed from what is read now. */
  get digest(): string | undefined {
    return this.sluice.digests().namespaces.find(({ name }) => name === 'order')?.digest;
  }

  /** The kinds of the layers that it has, strongest first. */
  get layers(): string[] {
    return this.sluice
      .explain('order.timeoutMs')
      .ladder.filter(({ value }) => value !== undefined)
      .map(({ layer }) => layer);
  }

  /** Another number stands in its memory from now on, and nobody was told: a bit has flipped. */
  flip(value: number): void {
    const { live } = this.#store;
    const held = live.namespaces.get('order')!;
    if (held.content.kind !== 'map') throw new TypeError('order is a map');
    const items = { ...held.content.items, timeoutMs: { type: 'number' as const, value } };
    const flipped: Held = { ...held, content: { ...held.content, items } };
    this.#store.swap({ ...live, namespaces: new Map(live.namespaces).set('order', flipped) });
  }
}

/** Real clients in this process, of the app `shop` in production. */
export class RealFleet {
  readonly #url: string;
  readonly token: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'sluice-real-'));
  readonly #all: RealInstance[] = [];

  constructor(url: string, token: string) {
    this.#url = url;
    this.token = token;
  }

  /** Makes the app and a token for its processes. */
  static async of(url: string, admin: HttpCaller): Promise<RealFleet> {
    await admin.call(contracts.createApp, { body: { name: 'shop' } });
    const body = { kind: 'client', name: 'shop', environment: 'prod', app: 'shop' } as const;
    return new RealFleet(url, (await admin.call(contracts.createToken, { body })).secret);
  }

  /** Starts one and waits until it is live. `clock` and `server` in place of the real ones. */
  async start(
    instanceId: string,
    {
      clock,
      server = this.#url,
      labels = {},
    }: { clock?: Clock; server?: string; labels?: Record<string, string> } = {},
  ): Promise<RealInstance> {
    const sluice = createSluice({
      server,
      token: this.token,
      environment: 'prod',
      app: 'shop',
      instanceId,
      labels,
      cacheDir: join(this.#folder, instanceId),
      allowMultiple: true,
      logger: false,
      ...(clock && { clock }),
    });
    const instance = new RealInstance(sluice);
    this.#all.push(instance);
    const state = await sluice.ready({ timeoutMs: 20_000 });
    if (state !== 'live') throw new Error(`${instanceId} began with ${state}`);
    // What it began with is no change.
    while (instance.heard.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    instance.heard.length = 0;
    return instance;
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map(({ sluice }) => sluice.close()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
