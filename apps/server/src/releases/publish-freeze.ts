import { Injectable } from '@nestjs/common';
import { type ErrorText, SluiceError } from '@sluice/core';

/** Why nothing may be published in a place; undefined when it may. */
export type FreezeReason = (environment: string, app: string) => ErrorText | undefined;

/**
 * What stops everything that is new: whoever publishes or pushes asks here first. Rooms to the right know when that is
 * so. What ends something (abandon, expiry) doesn't ask.
 */
@Injectable()
export class PublishFreeze {
  #reason: FreezeReason = () => undefined;

  decideBy(reason: FreezeReason): void {
    this.#reason = reason;
  }

  /** Throws `frozen` while publishes are frozen there. */
  requireOpen({ env, app }: { readonly env: string; readonly app: string }): void {
    const reason = this.#reason(env, app);
    if (reason !== undefined) throw new SluiceError('frozen', { reason });
  }

  /** Whether what goes on by itself may go on there. */
  isOpen({ environment, app }: { readonly environment: string; readonly app: string }): boolean {
    return this.#reason(environment, app) === undefined;
  }
}
