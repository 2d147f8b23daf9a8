import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import { linkAuth, oldestProtocolVersion } from '@sluice/protocol/client';
import { TokenStore } from '../access/token.store.ts';
import type { Place } from '../fleet/place.ts';

/** Who is at the other end of a link: environment and app come from the token, never from what the client says. */
export interface LinkIdentity {
  /** The token and which of its secrets it was shown with. */
  readonly credential: string;
  readonly place: Place;
}

/** Decides who may open a link. */
@Injectable()
export class LinkAuthority {
  readonly #tokens: TokenStore;

  constructor(@Inject(TokenStore) tokens: TokenStore) {
    this.#tokens = tokens;
  }

  /** Rejects with `unauthenticated` or `client_too_old`. */
  async identify(auth: unknown): Promise<LinkIdentity> {
    const parsed = linkAuth.safeParse(auth);
    if (!parsed.success) throw new SluiceError('unauthenticated');
    if (parsed.data.protocol < oldestProtocolVersion)
      throw new SluiceError('client_too_old', { got: parsed.data.protocol, needed: oldestProtocolVersion });
    const shown = await this.#tokens.verify(parsed.data.token, 'client');
    if (!shown) throw new SluiceError('unauthenticated');
    const { environment, app } = shown.token;
    return { credential: shown.credential, place: { environment, app } };
  }

  async revokedAmong(credentials: string[]): Promise<Set<string>> {
    return new Set(await this.#tokens.revokedAmong(credentials));
  }
}
