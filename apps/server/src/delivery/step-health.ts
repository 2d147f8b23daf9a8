import { Injectable } from '@nestjs/common';
import type { Health } from '@sluice/core';
import type { PushEntity } from '../releases/push.entity.ts';

/** How the instances of a step do, by whoever watches their traffic; unknown as long as nobody does. */
@Injectable()
export class StepHealth {
  #judge: (push: PushEntity) => Health = () => 'unknown';

  /** From now on health is what `judge` says. */
  judgedBy(judge: (push: PushEntity) => Health): void {
    this.#judge = judge;
  }

  of(push: PushEntity): Health {
    return this.#judge(push);
  }
}
