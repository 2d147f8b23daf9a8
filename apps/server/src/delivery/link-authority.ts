import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import { linkAuth, oldestProtocolVersion } from '@sluice/protocol/client';
import { TokenStore } from '../access/token.store.ts';
import { KeyedPlace, type Place, placeKey } from '../fleet/place.ts';

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
  /** One object for everybody of a place. */
  readonly #places = new Map<string, Place>();

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
    return { credential: shown.credential, place: this.#place(shown.token) };
  }

  #place(token: Place): Place {
    const key = placeKey(token);
    const place = this.#places.get(key) ?? new KeyedPlace(token);
    this.#places.set(key, place);
    return place;
  }

  async revokedAmong(credentials: string[]): Promise<Set<string>> {
    return new Set(await this.#tokens.revokedAmong(credentials));
  }
}
