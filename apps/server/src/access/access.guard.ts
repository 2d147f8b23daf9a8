import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Contract } from '@sluice/protocol';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { LOGGER } from '../env/tokens.ts';
import { readBody } from '../http/body.ts';
import { anonymous, callerOf, type Principal, requirePermission, setPrincipal } from '../http/caller.ts';
import { OPEN_DOOR } from '../http/open-door.decorator.ts';
import { OPERATION } from '../http/operation.decorator.ts';
import { Authenticator } from './authenticator.ts';
import { refuseCrossSite } from './cross-site.ts';

/**
 * The one gate of every route, closed unless a contract opens it: who is it, did he mean to ask, may he do it there.
 * Only then is the body read.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  readonly #authenticator: Authenticator;
  readonly #logger: Logger;

  constructor(@Inject(Authenticator) authenticator: Authenticator, @Inject(LOGGER) logger: Logger) {
    this.#authenticator = authenticator;
    this.#logger = logger;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const handler = context.getHandler();
    if (Reflect.hasMetadata(OPEN_DOOR, handler)) return true;
    const contract = Reflect.getMetadata(OPERATION, handler) as Contract | undefined;
    if (!contract) {
      this.#logger.error({ handler: handler.name }, 'a route without a contract was asked for and refused');
      throw noAddress();
    }
    const request = context.switchToHttp().getRequest<Request>();
    if (contract.access === 'public') await this.#letPass(contract, request);
    else await this.#admit(contract, request);
    await readBody(contract, request, context.switchToHttp().getResponse<Response>());
    return true;
  }

  /** Everybody may; whoever shows a token is known by it. */
  async #letPass(contract: Contract, request: Request): Promise<void> {
    if (contract.method !== 'GET') refuseCrossSite(request.headers);
    if (request.headers.authorization === undefined) return;
    const principal = await this.#authenticator.identify(request).catch(() => undefined);
    setPrincipal(request, principal ?? anonymous);
  }

  async #admit(contract: Contract, request: Request): Promise<void> {
    const principal = await this.#authenticator.identify(request);
    if (!principal) throw new SluiceError('unauthenticated');
    // A browser sends cookies by itself, whoever made it ask; a token is only sent by who means it.
    if (contract.method !== 'GET' && request.headers.authorization === undefined)
      refuseCrossSite(request.headers, principal.kind === 'insecureDev');
    requireKind(contract, principal);
    setPrincipal(request, principal);
    if (contract.access === 'client' || contract.access === 'signedIn' || contract.access === 'public')
      return;
    const { env, app } = request.params as { env?: string; app?: string };
    requirePermission(callerOf(request), contract.access, {
      ...(env !== undefined && { environment: env }),
      ...(app !== undefined && { app }),
    });
  }
}

/** An application's token opens its own few doors and no other, and nothing else opens those. */
function requireKind({ access }: Contract, { kind }: Principal): void {
  if (access === 'client' && kind !== 'client') throw new SluiceError('unauthenticated');
  if (access !== 'client' && kind === 'client') throw noAddress();
}

const noAddress = () => new SluiceError('not_found', { what: { en: 'address', zh: '地址' } });
