import { Injectable } from '@nestjs/common';
import type { ErrorText, GateFacts, Health } from '@sluice/core';
import type { PushEntity } from '../releases/push.entity.ts';

/** How the instances of a step do, and since when. */
interface HealthNow {
  readonly health: Health;
  readonly sinceMs: number;
  /** What is over, or why nothing is known. */
  readonly why?: ErrorText;
}

/** How the instances of a step do, by whoever watches their traffic; nothing as long as nobody does. */
@Injectable()
export class StepHealth {
  #judge: (push: PushEntity) => HealthNow | undefined = () => undefined;

  /** From now on health is what `judge` says; undefined where it judges nothing. */
  judgedBy(judge: (push: PushEntity) => HealthNow | undefined): void {
    this.#judge = judge;
  }

  of(push: PushEntity): HealthNow | undefined {
    return this.#judge(push);
  }

  /** The same, as the gate of a step asks for it. */
  facts(push: PushEntity, nowMs: number): Pick<GateFacts, 'health' | 'unknown'> {
    const found = this.#judge(push);
    if (!found) return { health: 'unknown' };
    const { health, sinceMs, why } = found;
    return { health, ...(why && { unknown: { why, forMs: Math.max(0, nowMs - sinceMs) } }) };
  }
}
