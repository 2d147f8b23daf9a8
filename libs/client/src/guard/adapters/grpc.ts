import type * as Grpc from '@grpc/grpc-js';
import type { BlockCode, Outcome } from '@sluice/core';
import type { Sluice } from '../../sluice.ts';
import { BlockedError } from '../blocked-error.ts';
import type { CallContext, Passage } from '../call-options.ts';
import { inherited } from '../faults/fault-tag.ts';
import { InjectedError } from '../faults/injected-error.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { cancelled, outcomeOfCode } from './grpc-outcome.ts';

/** The module `@grpc/grpc-js` of the app: there must be only one of it in a process. */
type Module = Pick<
  typeof Grpc,
  | 'InterceptingCall'
  | 'ServerInterceptingCall'
  | 'ServerListenerBuilder'
  | 'ResponderBuilder'
  | 'status'
  | 'Metadata'
>;

const codes: Readonly<Record<BlockCode, 'RESOURCE_EXHAUSTED' | 'PERMISSION_DENIED' | 'UNAVAILABLE'>> = {
  limited: 'RESOURCE_EXHAUSTED',
  denied: 'PERMISSION_DENIED',
  breakerOpen: 'UNAVAILABLE',
  overloaded: 'UNAVAILABLE',
  degraded: 'UNAVAILABLE',
};

/** The name of a method as a resource: `rpc:/shop.Stock/Reserve`. */
const resourceOf = (path: string): string => `rpc:${path}`;

/** What a refused caller is told, with the id of the decision in the metadata. */
function statusOf({ Metadata, status }: Module, error: BlockedError): Grpc.StatusObject {
  const metadata = new Metadata();
  metadata.set('sluice-decision-id', error.decisionId);
  metadata.set('sluice-code', error.code);
  if (error.retryAfterMs !== undefined && Number.isFinite(error.retryAfterMs))
    metadata.set('retry-after-ms', String(Math.ceil(error.retryAfterMs)));
  return { code: status[codes[error.code]], details: error.message, metadata };
}

/** What the caller of a call is told that a fault has broken: its own status, else UNKNOWN with its words. */
const brokenStatusOf = ({ Metadata, status }: Module, error: InjectedError): Grpc.StatusObject => ({
  code: error.grpcStatus ?? status.UNKNOWN,
  details: error.details || error.message,
  metadata: new Metadata(),
});

/**
 * `new Stock(address, credentials, { interceptors: [guardGrpcClient(sluice, grpc)] })`: calls of the client are under
 * the rules of their methods. Where a rule gives a refused caller a value, a unary call is answered with it; else it
 * fails with RESOURCE_EXHAUSTED, PERMISSION_DENIED or UNAVAILABLE, like a call that the server refused.
 */
export function guardGrpcClient(sluice: Sluice, grpc: Module): Grpc.Interceptor {
  return (options, nextCall) => {
    const resource = resourceOf(options.method_definition.path);
    const isUnary = !options.method_definition.requestStream && !options.method_definition.responseStream;
    const protocol = isUnary ? 'grpc' : 'grpcStream';
    let passage: Passage | undefined;
    const gone = new AbortController();
    const requester: Grpc.Requester = {
      start(metadata, listener, next) {
        // A call that was held until its deadline has ended below already, and nobody there was listening.
        const atMs = deadlineOf(options.deadline);
        const late = whenOver(atMs, () => gone.abort(new DOMException('Deadline exceeded', 'TimeoutError')));
        sluice.enter(resource, { type: 'outbound', protocol, signal: gone.signal }).then(
          (entered) => {
            clearTimeout(late);
            passage = entered;
            if (Date.now() >= atMs - earlyMs) {
              entered.exit(outcomeOfCode(grpc.status.DEADLINE_EXCEEDED));
              return end(listener, overdue);
            }
            // What is answered to one who says who he is may be meant for him alone.
            const keep = isUnary && metadata.get('authorization').length === 0 ? entered.keeper() : undefined;
            let answered: unknown;
            next(metadata, {
              onReceiveMetadata: (received, on) => on(received),
              onReceiveMessage: (message, on) => {
                answered = message;
                on(message);
              },
              onReceiveStatus: (status, on) => {
                entered.exit(outcomeOfCode(status.code));
                if (status.code === grpc.status.OK) keep?.(answered);
                on(status);
              },
            });
          },
          (error: unknown) => void refuse(error, listener).finally(() => clearTimeout(late)),
        );
      },
      cancel(next) {
        gone.abort();
        passage?.exit('abort');
        next();
      },
    };
    const overdue = { code: grpc.status.DEADLINE_EXCEEDED, details: 'Deadline exceeded before it was sent' };
    const refuse = async (error: unknown, listener: Grpc.InterceptingListener): Promise<void> => {
      if (error instanceof InjectedError) {
        if (error.kind === 'return') return answer(listener, error.value);
        return end(listener, brokenStatusOf(grpc, error));
      }
      if (!(error instanceof BlockedError)) return giveUp(error, listener);
      if (!isUnary || error.onBlock === undefined || error.onBlock.answer === 'error')
        return end(listener, statusOf(grpc, error));
      try {
        answer(listener, await unlessAborted(Promise.resolve(sluice.answer(error)), gone.signal));
      } catch (reason) {
        if (gone.signal.aborted) giveUp(reason, listener);
        else end(listener, statusOf(grpc, error));
      }
    };
    const giveUp = (reason: unknown, listener: Grpc.InterceptingListener): void =>
      end(listener, isOverdue(reason) ? overdue : { code: cancelled, details: 'cancelled' });
    const answer = (listener: Grpc.InterceptingListener, value: unknown): void => {
      listener.onReceiveMetadata(new grpc.Metadata());
      listener.onReceiveMessage(value ?? {});
      end(listener, { code: 0, details: '' });
    };
    const end = (listener: Grpc.InterceptingListener, status: Partial<Grpc.StatusObject>): void => {
      // It was never begun, and would keep its timer, and the process with it, until the deadline.
      call.cancelWithStatus(cancelled, 'not sent');
      listener.onReceiveStatus({
        metadata: new grpc.Metadata(),
        details: '',
        code: cancelled,
        ...status,
      } as Grpc.StatusObject);
    };
    const call = nextCall(options);
    return new grpc.InterceptingCall(call, requester);
  };
}

/** The moment on the wall clock; infinite where there is none. */
const deadlineOf = (deadline: Date | number | undefined): number =>
  Number(deadline ?? Number.POSITIVE_INFINITY);

/** Timers may be so much too early. */
const earlyMs = 1;
const longestTimerMs = 2 ** 31 - 1;

function whenOver(atMs: number, run: () => void): NodeJS.Timeout | undefined {
  const leftMs = atMs - Date.now();
  return leftMs <= longestTimerMs ? setTimeout(run, Math.max(0, leftMs)) : undefined;
}

const isOverdue = (error: unknown): boolean => error instanceof DOMException && error.name === 'TimeoutError';

export interface GrpcServerOptions {
  /** Who calls, as far as its metadata tell; nested calls inherit it. */
  readonly caller?: (metadata: Grpc.Metadata) => CallContext | undefined;
}

/**
 * `new grpc.Server({ interceptors: [guardGrpcServer(sluice, grpc)] })`: guards every method under its name. A refused
 * call doesn't reach its handler and ends with RESOURCE_EXHAUSTED, PERMISSION_DENIED or UNAVAILABLE.
 */
export function guardGrpcServer(
  sluice: Sluice,
  grpc: Module,
  options: GrpcServerOptions = {},
): Grpc.ServerInterceptor {
  return (definition, call) => {
    const resource = resourceOf(definition.path);
    const protocol = definition.requestStream || definition.responseStream ? 'grpcStream' : 'grpc';
    let passage: Passage | undefined;
    let isOver = false;
    const gone = new AbortController();
    const over = (outcome: Outcome): void => {
      isOver = true;
      passage?.exit(outcome);
    };
    const answerInjected = (error: InjectedError): void => {
      if (error.kind !== 'return') {
        call.sendStatus(brokenStatusOf(grpc, error));
        return;
      }
      call.sendMetadata(new grpc.Metadata());
      call.sendMessage(error.value ?? {}, () => call.sendStatus({ code: grpc.status.OK, details: '' }));
    };
    /**
     * Where what grpc-js does for the call runs. It calls most handlers when the message is there, and listeners of
     * streams at each one, so what calls inherit is to be set each time.
     */
    let within = (run: () => void): void => run();
    const receive = async (
      metadata: Grpc.Metadata,
      next: (metadata: Grpc.Metadata) => void,
    ): Promise<void> => {
      const caller = options.caller?.(metadata);
      const ip = addressOf(call.getPeer());
      const facts = { ...(ip && { ip }), ...caller, headers: fieldsOf(metadata) };
      const entered = await sluice.enter(resource, { type: 'rpc', protocol, signal: gone.signal, ...facts });
      passage = entered;
      if (isOver) {
        entered.exit('abort');
        return;
      }
      if (caller || entered.fault) {
        const context = inherited(caller, entered.fault);
        within = (run) => sluice.inContext(context, run);
      }
      within(() => next(metadata));
    };
    /** In the words of grpc-js for a handler that throws: callers needn't know what went wrong inside. */
    const fail = (): void => {
      over('error');
      call.sendStatus({ code: grpc.status.UNKNOWN, details: 'Unknown error' });
    };
    const listener = new grpc.ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        receive(metadata, next).catch((error: unknown) => {
          if (error instanceof BlockedError) call.sendStatus(statusOf(grpc, error));
          else if (error instanceof InjectedError) answerInjected(error);
          else fail();
        });
      })
      .withOnReceiveMessage((message, next) => within(() => next(message)))
      .withOnReceiveHalfClose((next) => within(next))
      .withOnCancel(() => {
        gone.abort();
        over('abort');
      })
      .build();
    const responder = new grpc.ResponderBuilder()
      .withStart((next) => next(listener))
      .withSendStatus((status, next) => {
        over(outcomeOfCode(status.code));
        next(status);
      })
      .build();
    return new grpc.ServerInterceptingCall(call, responder);
  };
}

/** Text values by name; what is binary is none. */
function fieldsOf(metadata: Grpc.Metadata): Record<string, string> {
  const entries = Object.entries(metadata.getMap());
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** `10.0.0.7:52814`, `[::1]:52814` or `ipv4:…` without the port. */
function addressOf(peer: string): string | undefined {
  return /^(?:ipv[46]:)?\[?([\da-fA-F:.]+?)\]?:\d+$/.exec(peer)?.[1];
}
