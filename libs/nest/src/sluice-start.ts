import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Sluice } from '@sluice/client';
import { leaveClient } from './shared-client.ts';
import { SLUICE } from './sluice-token.ts';

/** The moment until which the start of the app may wait, by `performance.now()`. */
export const START_UNTIL = Symbol('sluice:start-until');

/**
 * Lets the app start only when each config class that was declared `strong` or `eager` got what it needs: by now all of
 * them are made. Throws the client's `StartupError` otherwise.
 */
@Injectable()
export class SluiceStart implements OnModuleInit {
  readonly #sluice: Sluice;
  readonly #until: () => number;

  constructor(@Inject(SLUICE) sluice: Sluice, @Inject(START_UNTIL) until: () => number) {
    this.#sluice = sluice;
    this.#until = until;
  }

  async onModuleInit(): Promise<void> {
    if (this.#sluice.health().missing.length === 0) return;
    try {
      await this.#sluice.readyOrThrow({ timeoutMs: Math.max(0, this.#until() - performance.now()) });
    } catch (error) {
      await leaveClient(this.#sluice); // nobody else will: an app that didn't start is not shut down
      throw error;
    }
  }
}
