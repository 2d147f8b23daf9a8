import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { Env } from '../env/env.ts';
import { ENV } from '../env/tokens.ts';
import type { Principal } from '../http/caller.ts';
import { hasLoopbackHost, isFromThisMachine } from './loopback.ts';
import { SessionStore } from './session.store.ts';
import { TokenStore } from './token.store.ts';
import { principalOf } from './token-principal.ts';
import { readToken } from './token-text.ts';

/** Everybody, in the development mode that asks nobody to sign in. */
const developer: Principal = {
  kind: 'insecureDev',
  id: 'insecure-dev',
  name: 'developer',
  grants: [{ role: 'admin', environment: '*', app: '*' }],
};

/** Finds out who sent a request. */
@Injectable()
export class Authenticator {
  readonly #tokens: TokenStore;
  readonly #sessions: SessionStore;
  readonly #env: Env;

  constructor(
    @Inject(TokenStore) tokens: TokenStore,
    @Inject(SessionStore) sessions: SessionStore,
    @Inject(ENV) env: Env,
  ) {
    this.#tokens = tokens;
    this.#sessions = sessions;
    this.#env = env;
  }

  /** Undefined without a credential in force. A token that is not in force is never made up for by a cookie. */
  async identify(request: Request): Promise<Principal | undefined> {
    const { authorization, cookie = '' } = request.headers;
    if (authorization !== undefined) {
      const token = /^Bearer ([A-Za-z0-9_-]{1,200})$/i.exec(authorization)?.[1];
      return token === undefined ? undefined : this.#byToken(token);
    }
    if (!this.#env.insecureDev) return this.#sessions.principalOf(cookie, request.secure);
    const isHere = isFromThisMachine(request, this.#env.trustProxy) && hasLoopbackHost(request);
    return isHere ? developer : undefined;
  }

  async #byToken(text: string): Promise<Principal | undefined> {
    const kind = readToken(text)?.kind;
    const shown = kind && (await this.#tokens.verify(text, kind));
    return shown && principalOf(shown);
  }
}
