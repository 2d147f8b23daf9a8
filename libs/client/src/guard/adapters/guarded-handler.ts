import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Sluice } from '../../sluice.ts';
import type { CallContext } from '../call-options.ts';
import { inherited } from '../faults/fault-tag.ts';
import {
  type App,
  calls,
  type ExpressOptions,
  type ExpressRequest,
  type Handler,
  type Next,
  prefix,
  type Route,
} from './express-shapes.ts';
import { peerAddress } from './peer-address.ts';
import { type Admitted, isAnswer, type WebFramework, WebGate, WebRequest, writeAnswer } from './web-call.ts';

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

/** The pattern of a route in the place where its router is mounted. */
export const patternOf = (mounted: string, path: string): string =>
  `${mounted}${path}`.replace(/(.)\/$/, '$1');

/** The first handler of each name, by client. */
const named = new WeakMap<Sluice, Map<string, GuardedHandler>>();

/** A handler of a route with the guard in front of it. All that a request needs of both lies in this one object. */
export class GuardedHandler {
  readonly #handle: Handler;
  readonly #sluice: Sluice;
  readonly #options: ExpressOptions;
  readonly #route: Route;
  /** The methods whose requests have come through a guarded handler of the route before. */
  readonly #before: ReadonlySet<string>;
  readonly #express = new Express();
  readonly #gates = new Map<string, { readonly name: string; readonly gate: WebGate } | undefined>();
  /** Of the last request: mostly there is one method, and one place where the router of the route is mounted. */
  #method: string | undefined;
  #mounted: string | undefined;
  #gate: WebGate | undefined;
  #name = '';
  /** Another route may have the same name. */
  isShared: boolean;

  constructor(
    sluice: Sluice,
    options: ExpressOptions,
    route: Route,
    before: ReadonlySet<string>,
    handle: Handler,
  ) {
    this.#handle = handle;
    this.#sluice = sluice;
    this.#options = options;
    this.#route = route;
    this.#before = before;
    this.isShared = options.resource !== undefined;
  }

  call(incoming: IncomingMessage, response: ServerResponse, next: Next): unknown {
    const request = incoming as ExpressRequest;
    const gate = this.#gateOf(request);
    // Called by itself, as Express does.
    const handle = this.#handle;
    if (gate === undefined || (this.isShared && this.#isInCall(request)))
      return handle(request, response, next);
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
      .then((admitted) =>
        isAnswer(admitted) ? writeAnswer(request, response, admitted) : go(admitted.fault),
      )
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
      const found = this.#find(method, mounted);
      this.#gate = found?.gate;
      this.#name = found?.name ?? '';
      this.#method = method;
      this.#mounted = mounted;
    }
    return this.#gate;
  }

  /** Whether the request has come through a route of the same name before: it is one call. If not, it is in it now. */
  #isInCall(request: ExpressRequest): boolean {
    const name = this.#name;
    const sluice = this.#sluice;
    request[calls] ??= [];
    const isIn = request[calls].some((call) => call.sluice === sluice && call.name === name);
    if (!isIn) request[calls].push({ sluice, name });
    return isIn;
  }

  #find(method = 'GET', mounted = '') {
    const pattern = patternOf(mounted, String(this.#route.path));
    const key = `${method} ${pattern}`;
    if (this.#gates.has(key)) return this.#gates.get(key);
    const { resource } = this.#options;
    const name = resource ? resource({ method, pattern }) : key;
    const isNew = name !== undefined && !this.#before.has(this.#handledAs(method.toLowerCase()));
    const found = isNew ? { name, gate: new WebGate(this.#sluice, name) } : undefined;
    if (found) this.#share(found.name);
    this.#gates.set(key, found);
    return found;
  }

  /** Routes of apps that don't see each other, one in the other, are known to share a name once both were asked for. */
  #share(name: string): void {
    const names = named.get(this.#sluice) ?? new Map<string, GuardedHandler>();
    named.set(this.#sluice, names);
    const first = names.get(name) ?? this;
    names.set(name, first);
    if (first !== this) first.isShared = this.isShared = true;
  }

  /** As Express does: HEAD is answered by what answers GET, where nothing else does. */
  #handledAs(method: string): string {
    return method === 'head' && !this.#route.methods?.head ? 'get' : method;
  }
}
