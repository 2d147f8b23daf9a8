import { Inject, Injectable } from '@nestjs/common';
import type { ErrorText, Guardrail } from '@sluice/core';
import type { Logger } from 'pino';
import { LOGGER } from '../env/tokens.ts';
import { PushTransitions } from '../pushes/push-transitions.ts';
import type { GrayRow } from './watched-gray.ts';

/**
 * Halts a breached gray, and takes it back where that is its policy: what its cohort held before goes back to it and is
 * verified. Each is a transition of its own; a node that dies in between leaves the second one to the others.
 */
@Injectable()
export class GuardrailHalt {
  readonly #transitions: PushTransitions;
  readonly #logger: Logger;

  constructor(@Inject(PushTransitions) transitions: PushTransitions, @Inject(LOGGER) logger: Logger) {
    this.#transitions = transitions;
    this.#logger = logger;
  }

  async breached(row: GrayRow, { onBreach }: Guardrail, because: ErrorText): Promise<void> {
    if (await this.#transitions.halt(row.id, because))
      this.#logger.warn({ push: row.id, because: because.en }, 'a gray was halted by its guardrail');
    if (onBreach === 'abandon') await this.#transitions.abandon(row.id, 'guardrail', because);
  }

  /** One that was halted and not taken back yet. */
  async finish({ id, ended }: GrayRow, { onBreach }: Guardrail): Promise<void> {
    if (onBreach === 'abandon' && ended?.reason === 'guardrail')
      await this.#transitions.abandon(id, 'guardrail', ended.because);
  }
}
