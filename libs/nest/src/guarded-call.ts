import type { ExecutionContext } from '@nestjs/common';
import type { CallFacts } from '@sluice/client';
import { isGivable, type Outcome, tellAnswer, whenHungUp } from './answer-outcome.ts';
import { answersItself, send } from './own-answer.ts';

/** A call that Nest is about to make, as rules know it. */
export interface GuardedCall {
  /** `GET /books/:id`, or `rpc:stock.reserve`. */
  readonly resource: string;
  readonly type: 'web' | 'rpc';
  /** What came with it: the body, or the message. */
  readonly payload: unknown;
  readonly facts: () => CallFacts;
  /** A stream of events: there is no one value that could stand for it. */
  readonly isStream: boolean;
  /** What a fault may answer in; absent for a stream. */
  readonly protocol?: 'http' | 'message';
  /** Sends a value, where Nest leaves that to the handler. */
  readonly send?: (value: unknown) => void;
  /** Tells what the answer says of a handler that has answered or thrown; absent where no answer has a status. */
  readonly tellAnswer?: (hasThrown: boolean, told: (outcome: Outcome) => void) => void;
  /** Calls back where the caller leaves before he has his answer and Nest doesn't tell of it. */
  readonly whenHungUp?: (hungUp: () => void) => void;
  /** Whether the answer may be given to others, too; asked when there is one. Absent: it may. */
  readonly isGivable?: () => boolean;
}

interface WebRequest {
  readonly method: string;
  readonly ip?: string;
  readonly body?: unknown;
  readonly headers: CallFacts['headers'];
  readonly query?: CallFacts['query'];
  /** Express. */
  readonly route?: { readonly path?: unknown };
  /** Fastify. */
  readonly routeOptions?: { readonly url?: string };
}

/** Where Nest notes the patterns of message handlers, and which routes are streams of events. */
const patternKey = 'microservices:pattern';
const streamKey = '__sse__';

/** The call of a handler; undefined for what has no name that rules could have, such as a web socket. */
export function guardedCallOf(context: ExecutionContext): GuardedCall | undefined {
  const handler = context.getHandler();
  switch (context.getType<string>()) {
    case 'http': {
      const request = context.switchToHttp().getRequest<WebRequest>();
      const pattern = request.routeOptions?.url ?? request.route?.path;
      if (typeof pattern !== 'string') return undefined;
      const { method, ip, headers, query } = request;
      const isStream = Reflect.getMetadata(streamKey, handler) === true;
      const isSentByHandler = answersItself(context);
      return {
        resource: `${method} ${pattern}`,
        type: 'web',
        payload: request.body,
        facts: () => ({
          ...(ip !== undefined && { ip }),
          ...(headers && { headers }),
          ...(query && { query }),
        }),
        isStream,
        ...(!isStream && {
          protocol: 'http',
          tellAnswer: (hasThrown, told) => tellAnswer(context, hasThrown || isSentByHandler, told),
          whenHungUp: (hungUp) => whenHungUp(context, hungUp),
          isGivable: () => isGivable(context, headers),
          ...(isSentByHandler && { send: (value) => send(context, value) }),
        }),
      };
    }
    case 'rpc': {
      const patterns: unknown = Reflect.getMetadata(patternKey, handler);
      const [pattern] = Array.isArray(patterns) ? (patterns as unknown[]) : [patterns];
      if (pattern === undefined) return undefined;
      return {
        resource: `rpc:${typeof pattern === 'string' ? pattern : JSON.stringify(pattern)}`,
        type: 'rpc',
        payload: context.switchToRpc().getData(),
        facts: () => ({}),
        isStream: false,
        protocol: 'message',
      };
    }
    default:
      return undefined;
  }
}
