import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Sluice } from '@sluice/client';
import { InjectSluice } from './sluice-token.ts';

/** Closes the client after the app has closed its own doors, so that the last requests still read values. */
@Injectable()
export class SluiceCloser implements OnApplicationShutdown {
  readonly #sluice: Sluice;

  constructor(@InjectSluice() sluice: Sluice) {
    this.#sluice = sluice;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#sluice.close();
  }
}
