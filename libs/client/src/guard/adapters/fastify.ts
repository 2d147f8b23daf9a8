import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallFields } from '@sluice/core';
import type { Sluice } from '../../sluice.ts';
import type { CallContext } from '../call-options.ts';
import { inherited } from '../faults/fault-tag.ts';
import { bodyFailed, isAnswer, type WebFramework, WebGate, WebRequest } from './web-call.ts';

/** What of Fastify is looked at. */
interface FastifyRequest {
  readonly raw: IncomingMessage;
  readonly method: string;
  readonly ip: string;
  readonly query: unknown;
  readonly is404: boolean;
  readonly routeOptions: { readonly url?: string | undefined };
}
interface FastifyReply {
  readonly raw: ServerResponse;
  code(status: number): unknown;
  headers(headers: Readonly<Record<string, string>>): unknown;
  send(body?: string): unknown;
}
type Done = (error?: Error) => void;
interface FastifyInstance {
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequest, reply: FastifyReply, done: Done) => void,
  ): unknown;
  addHook(
    name: 'onSend',
    hook: (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done) => void,
  ): unknown;
}

export interface FastifyOptions {
  /** Who calls, as far as is known before the body is read; nested calls inherit it. */
  readonly caller?: (request: IncomingMessage) => CallContext | undefined;
  /** Another name for a route, or undefined to leave it unguarded. `GET /books/:id` when absent. */
  readonly resource?: (route: { readonly method: string; readonly pattern: string }) => string | undefined;
}

const fastify: WebFramework<FastifyRequest> = {
  addressOf: ({ ip }) => ip,
  queryOf: ({ query }) => query as CallFields,
};

/**
 * `await app.register(guardFastify(sluice))`: guards every route under its method and pattern, before its body is
 * read. A refused request gets what the rule says and doesn't reach its handler. Requests without a route are not
 * guarded.
 *
 * A second one of the same client, such as in a plugin of the app, adds nothing: what the outer is told counts for all
 * routes.
 */
export function guardFastify(sluice: Sluice, options: FastifyOptions = {}) {
  const gates = new Map<string, WebGate>();
  const gateOf = (resource: string): WebGate => {
    const gate = gates.get(resource) ?? new WebGate(sluice, resource);
    gates.set(resource, gate);
    return gate;
  };
  const plugin = (app: FastifyInstance, _: unknown, done: Done): void => {
    const clients = guarding.get(app) ?? new WeakSet();
    if (clients.has(sluice)) {
      done();
      return;
    }
    guarding.set(app, clients.add(sluice));
    // Known when requests come: an app may be guarded after its plugins.
    let isInner: boolean | undefined;
    app.addHook('onRequest', (request, reply, next) => {
      isInner ??= isGuardedAbove(app, sluice);
      if (isInner) return next();
      const resource = resourceOf(request, options);
      if (resource === undefined) return next();
      const caller = options.caller?.(request.raw);
      const go = (fault?: string): void =>
        caller || fault ? sluice.inContext(inherited(caller, fault), () => next()) : next();
      const waiting = gateOf(resource).admit(
        new WebRequest(fastify, request, request.raw, reply.raw, caller),
      );
      if (!waiting) return go();
      waiting.then(
        (admitted) => {
          if (!isAnswer(admitted)) return go(admitted.fault);
          reply.code(admitted.status);
          reply.headers(admitted.headers);
          reply.send(admitted.body === '' ? undefined : admitted.body);
        },
        (error: Error) => {
          if (!reply.raw.closed) next(error);
        },
      );
    });
    app.addHook('onSend', (_, { raw }, payload, next) => {
      // All that is no text and no bytes is a stream, of Node or of the web.
      if (typeof payload === 'object' && payload !== null && !ArrayBuffer.isView(payload)) noteBrokenOff(raw);
      next();
    });
    done();
  };
  // Fastify keeps the hooks of a plugin to its own scope unless it says that it is for everybody.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true });
}

/** Fastify breaks off a response whose stream fails without a word of why, as if the caller had hung up. */
function noteBrokenOff(response: ServerResponse): void {
  const { destroy } = response;
  response.destroy = (error) => {
    bodyFailed(response);
    return destroy.call(response, error);
  };
}

/** Whose routes are guarded by which clients. */
const guarding = new WeakMap<object, WeakSet<Sluice>>();

/** Fastify makes the instance of a plugin from the one that it is registered in, whose hooks it has too. */
function isGuardedAbove(app: FastifyInstance, sluice: Sluice): boolean {
  const above = Object.getPrototypeOf(app) as FastifyInstance | null;
  if (above === null) return false;
  return guarding.get(above)?.has(sluice) === true || isGuardedAbove(above, sluice);
}

function resourceOf(request: FastifyRequest, options: FastifyOptions): string | undefined {
  const pattern = request.routeOptions.url;
  if (pattern === undefined || request.is404) return undefined;
  const { method } = request;
  return options.resource ? options.resource({ method, pattern }) : `${method} ${pattern}`;
}
