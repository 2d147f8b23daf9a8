import type { Content, Json } from '@sluice/core';
import {
  type BodyInputOf,
  type Contracts,
  contracts,
  type NamespaceDetail,
  type Released,
} from '@sluice/protocol';
import type { Answer, HttpCaller } from './http-caller.ts';

type PublishBody = BodyInputOf<Contracts['publish']>;

/** One app in one environment as somebody works on it: the calls of a release, with few words. */
export class ConfigDesk {
  readonly caller: HttpCaller;
  readonly env: string;
  readonly app: string;

  constructor(caller: HttpCaller, env: string, app: string) {
    this.caller = caller;
    this.env = env;
    this.app = app;
  }

  /** The same place, seen by another person. */
  as(caller: HttpCaller): ConfigDesk {
    return new ConfigDesk(caller, this.env, this.app);
  }

  at(ns: string): { env: string; app: string; ns: string } {
    return { env: this.env, app: this.app, ns };
  }

  create(
    ns: string,
    body: Partial<BodyInputOf<Contracts['createNamespace']>> = {},
  ): Promise<NamespaceDetail> {
    return this.caller.call(contracts.createNamespace, {
      params: { env: this.env, app: this.app },
      body: { name: ns, kind: 'map', ...body },
    });
  }

  get(ns: string): Promise<NamespaceDetail> {
    return this.caller.call(contracts.getNamespace, { params: this.at(ns) });
  }

  publish(ns: string, body: PublishBody, ifMatch: string, idempotencyKey?: string): Promise<Released> {
    return this.caller.call(contracts.publish, this.#publishing(ns, body, ifMatch, idempotencyKey));
  }

  tryPublish(ns: string, body: PublishBody, ifMatch: string, idempotencyKey?: string): Promise<Answer> {
    return this.caller.attempt(contracts.publish, this.#publishing(ns, body, ifMatch, idempotencyKey));
  }

  /** Releases this content whatever is live. */
  async release(ns: string, content: Content, message = ''): Promise<Released> {
    return this.publish(ns, { content, message } as PublishBody, (await this.get(ns)).etag);
  }

  async rollback(ns: string, ifMatch: string, to?: number): Promise<Answer<Released>> {
    const body = to === undefined ? {} : { to };
    const answer = await this.caller.attempt(contracts.rollback, { params: this.at(ns), ifMatch, body });
    return answer as Answer<Released>;
  }

  #publishing(ns: string, body: PublishBody, ifMatch: string, idempotencyKey?: string) {
    return { params: this.at(ns), body, ifMatch, ...(idempotencyKey !== undefined && { idempotencyKey }) };
  }
}

/** A map of numbers and texts, as items. */
export function map(values: Readonly<Record<string, Json>>): Content {
  const type = (value: Json) =>
    typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean'
      ? (typeof value as 'number' | 'string' | 'boolean')
      : ('json' as const);
  const items = Object.entries(values).map(([key, value]) => [key, { type: type(value), value }]);
  return { kind: 'map', items: Object.fromEntries(items) };
}
