import { Injectable } from '@nestjs/common';
import { type ErrorText, SluiceError } from '@sluice/core';

/** Why nothing may be published in a place; undefined when it may. */
export type FreezeReason = (environment: string, app: string) => ErrorText | undefined;

/**
 * What stops everything that is new: whoever publishes or pushes asks here first. Rooms to the right know when that is
 * so. What ends something (abandon, expiry) doesn't ask, and going back to what was asks for a reason.
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

  /** For going back: with a reason it goes through. Whoever froze publishes at night may still have to undo one. */
  requireOpenOrReason(
    place: { readonly env: string; readonly app: string },
    reason: string | undefined,
  ): void {
    if (reason === undefined) this.requireOpen(place);
  }

  /** Whether what goes on by itself may go on there. */
  isOpen({ environment, app }: { readonly environment: string; readonly app: string }): boolean {
    return this.#reason(environment, app) === undefined;
  }
}
