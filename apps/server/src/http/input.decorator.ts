import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { jsonDepth, limits, SluiceError } from '@sluice/core';
import {
  type BodyOf,
  type Contract,
  faultsOf,
  firstFault,
  type ParamsOf,
  type QueryOf,
} from '@sluice/protocol';
import type { Request } from 'express';
import type { z } from 'zod';
import { type Caller, callerOf } from './caller.ts';
import { invalid } from './invalid.ts';
import { OPERATION } from './operation.decorator.ts';

/** What a controller's method gets: the request, checked by its contract, and who asks. */
export interface Input<C extends Contract> {
  readonly params: ParamsOf<C>;
  readonly query: QueryOf<C>;
  readonly body: BodyOf<C>;
  /** The ETag that a write is based on, without quotes; present where the contract requires it. */
  readonly ifMatch: string;
  readonly idempotencyKey?: string;
  readonly caller: Caller;
  /** Whether whoever asked has hung up: nobody waits for the answer any more. */
  readonly isGone: () => boolean;
}

/** Parses the request at the edge; from here on it is trusted. */
export const In = createParamDecorator((_: unknown, context: ExecutionContext): Input<Contract> => {
  const contract = Reflect.getMetadata(OPERATION, context.getHandler()) as Contract;
  const request = context.switchToHttp().getRequest<Request>();
  return {
    params: check(contract.params, { ...request.params }, 'invalid'),
    query: check(contract.query, { ...request.query }, 'malformed_request'),
    body: bodyOf(contract, request),
    ifMatch: ifMatchOf(contract, request),
    ...idempotencyKeyOf(contract, request),
    caller: callerOf(request),
    isGone: () => request.socket.destroyed,
  } as Input<Contract>;
});

function check(type: z.ZodType, value: unknown, code: 'invalid' | 'malformed_request'): unknown {
  const parsed = type.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error);
  const first = firstFault(faults);
  throw new SluiceError(code, code === 'invalid' ? { first } : { reason: first }, { details: { faults } });
}

function bodyOf(contract: Contract, request: Request): unknown {
  const body: unknown = request.body;
  if (contract.body.safeParse(undefined).success && (body === undefined || isEmpty(body))) return undefined;
  if (body === undefined) throw new SluiceError('not_json');
  // Content is checked item by item and may itself be 32 deep; the request around it adds a few levels.
  if (jsonDepth(body, limits.jsonDepth + 8) >= limits.jsonDepth + 8) {
    const message = `must be at most ${limits.jsonDepth} deep`;
    const fault = { path: '', problem: 'depth', message, zh: `嵌套不得超过 ${limits.jsonDepth} 层` };
    throw invalid([fault]);
  }
  return check(contract.body, body, 'invalid');
}

const isEmpty = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && Object.keys(body).length === 0;

function ifMatchOf(contract: Contract, request: Request): string {
  if (contract.ifMatch !== 'required') return '';
  const header = request.get('if-match');
  if (header === undefined) throw new SluiceError('precondition_required');
  const match = /^(?:W\/)?"([0-9]{1,16}(?:\.[0-9]{1,9})?)"$/.exec(header.trim());
  if (!match)
    throw new SluiceError('malformed_request', {
      reason: {
        en: 'If-Match is not an ETag of Sluice, such as "57"',
        zh: 'If-Match 不是 Sluice 的 ETag（例如 "57"）',
      },
    });
  return match[1]!;
}

function idempotencyKeyOf(contract: Contract, request: Request): { idempotencyKey?: string } {
  const key = request.get('idempotency-key');
  if (!contract.idempotent || key === undefined) return {};
  if (!/^[\x21-\x7e]{1,128}$/.test(key))
    throw new SluiceError('malformed_request', {
      reason: {
        en: 'Idempotency-Key must be 1-128 printable characters',
        zh: 'Idempotency-Key 必须是 1-128 个可打印字符',
      },
    });
  return { idempotencyKey: key };
}
