import { Injectable } from '@nestjs/common';
import type { Health, Sluice } from '@sluice/client';
import { InjectSluice } from './sluice-token.ts';

/** In the shape that health checks of Nest collect. */
export type SluiceHealth<Key extends string> = Readonly<Record<Key, { readonly status: 'up' } & Health>>;

/**
 * What the client says of itself, for a health page. It is always `up`: an app that runs on its last known values
 * is well, and taking it out of service because Sluice is away would make two outages out of one.
 */
@Injectable()
export class SluiceHealthIndicator {
  readonly #sluice: Sluice;

  constructor(@InjectSluice() sluice: Sluice) {
    this.#sluice = sluice;
  }

  check<const Key extends string = 'sluice'>(key: Key = 'sluice' as Key): SluiceHealth<Key> {
    return { [key]: { status: 'up', ...this.#sluice.health() } } as SluiceHealth<Key>;
  }
}
