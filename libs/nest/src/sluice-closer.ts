import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Sluice } from '@sluice/client';
import { leaveClient } from './shared-client.ts';
import { InjectSluice } from './sluice-token.ts';

/**
 * Closes the client after the app has closed its own doors, so that the last requests still read values; of several
 * apps that share it, after the last of them has.
 */
@Injectable()
export class SluiceCloser implements OnApplicationShutdown {
  readonly #sluice: Sluice;
  #left: Promise<void> | undefined;

  constructor(@InjectSluice() sluice: Sluice) {
    this.#sluice = sluice;
  }

  async onApplicationShutdown(): Promise<void> {
    this.#left ??= leaveClient(this.#sluice);
    await this.#left;
  }
}
