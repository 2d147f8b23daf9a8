import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Sluice } from '../../sluice.ts';
import type { CallContext } from '../call-options.ts';
import { inherited } from '../faults/fault-tag.ts';
import {
  type ExpressOptions,
  type ExpressRequest,
  type Handler,
  type Next,
  prefix,
} from './express-shapes.ts';
import { peerAddress } from './peer-address.ts';
import { type Admitted, isAnswer, type WebFramework, WebGate, WebRequest, writeAnswer } from './web-call.ts';

type App = ExpressRequest['app'];

class Express implements WebFramework<ExpressRequest> {
  #app: App | undefined;
  /**
   * Inherits the settings of the app. There are so many of them that V8 looks each up in a table; what is inherited it
   * takes for constant, and compiles anew when it changes.
   */
  #settings: App['settings'];

  /** An app that trusts no proxy needn't have Express read the headers of proxies, anew each time that it is asked. */
  addressOf(request: ExpressRequest): string | undefined {
    const { app } = request;
    if (app !== this.#app) this.#turnTo(app);
    return this.#settings?.['trust proxy'] === false ? peerAddress(request.socket) : request.ip;
  }

  queryOf({ query }: ExpressRequest): ExpressRequest['query'] {
    return query;
  }

  #turnTo(app: App): void {
    this.#app = app;
    this.#settings = app.settings && (Object.create(app.settings) as App['settings']);
  }
}

/** A handler of a route with the guard in front of it. All that a request needs of both lies in this one object. */
export class GuardedHandler {
  readonly #handle: Handler;
  readonly #sluice: Sluice;
  readonly #options: ExpressOptions;
  readonly #path: string;
  readonly #express = new Express();
  readonly #gates = new Map<string, WebGate | undefined>();
  /** Of the last request: mostly there is one method, and one place where the router of the route is mounted. */
  #method: string | undefined;
  #mounted: string | undefined;
  #gate: WebGate | undefined;

  constructor(sluice: Sluice, options: ExpressOptions, path: string, handle: Handler) {
    this.#handle = handle;
    this.#sluice = sluice;
    this.#options = options;
    this.#path = path;
  }

  call(incoming: IncomingMessage, response: ServerResponse, next: Next): unknown {
    const request = incoming as ExpressRequest;
    const gate = this.#gateOf(request);
    // Called by itself, as Express does.
    const handle = this.#handle;
    if (gate === undefined) return handle(request, response, next);
    const caller = this.#options.caller?.(request);
    const waiting = gate.admit(new WebRequest(this.#express, request, request, response, caller));
    return waiting || caller
      ? this.#goOn(waiting, caller, request, response, next)
      : handle(request, response, next);
  }

  /** In a method of its own: its closures would cost every request. */
  #goOn(
    waiting: Promise<Admitted> | undefined,
    caller: CallContext | undefined,
    request: ExpressRequest,
    response: ServerResponse,
    next: Next,
  ): unknown {
    const handle = this.#handle;
    const go = (fault?: string): unknown =>
      this.#sluice.inContext(inherited(caller, fault), () => handle(request, response, next));
    if (!waiting) return go();
    return waiting
      .then((admitted) => (isAnswer(admitted) ? writeAnswer(response, admitted) : go(admitted.fault)))
      .catch((error: unknown) => {
        // Nobody is there any more who could be answered.
        if (!response.closed) next(error);
      });
  }

  #gateOf(request: ExpressRequest): WebGate | undefined {
    const { method } = request;
    // Not taken apart with the method: V8 then makes a name of the symbol anew for each request.
    const mounted = request[prefix];
    if (method !== this.#method || mounted !== this.#mounted) {
      this.#gate = this.#find(method, mounted);
      this.#method = method;
      this.#mounted = mounted;
    }
    return this.#gate;
  }

  #find(method = 'GET', mounted = ''): WebGate | undefined {
    const pattern = `${mounted}${this.#path}`.replace(/(.)\/$/, '$1');
    const key = `${method} ${pattern}`;
    if (this.#gates.has(key)) return this.#gates.get(key);
    const { resource } = this.#options;
    const name = resource ? resource({ method, pattern }) : key;
    const gate = name === undefined ? undefined : new WebGate(this.#sluice, name);
    this.#gates.set(key, gate);
    return gate;
  }
}
