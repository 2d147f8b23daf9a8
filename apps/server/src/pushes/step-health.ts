import { Injectable } from '@nestjs/common';
import type { ErrorText, GateFacts, Health } from '@sluice/core';
import type { PushEntity } from '../releases/push.entity.ts';
import { wrongState } from './refusals.ts';

/** How the instances of a step do, and since when. */
export interface HealthNow {
  readonly health: Health;
  /** The newest window found them over a margin, whether or not it takes another one to be sure. */
  readonly isWorse: boolean;
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

/** A gray whose instances do worse is made everybody's for a reason only. */
export function requireReason(now: HealthNow | undefined, despiteHealth: string | undefined): void {
  if (!now?.isWorse || despiteHealth !== undefined) return;
  const { en, zh } = now.why ?? { en: 'see its guardrails', zh: '见其护栏' };
  throw wrongState(
    {
      en: `its instances do worse than the rest (${en}); wait for the next windows, or say why it goes on all the same: "despiteHealth", --despite-health on the command line`,
      zh: `其实例的表现比其余实例差（${zh}）；请等待后续窗口，或说明仍要继续的原因：“despiteHealth”，命令行用 --despite-health`,
    },
    { reason: 'does_worse' },
  );
}

/** For the audit: how they did when somebody went on, and why he did so all the same. */
export const healthDetail = (now: HealthNow | undefined, despiteHealth: string | undefined): object => ({
  ...(now && { health: now.health, ...(now.why && { healthWhy: now.why.en }) }),
  ...(despiteHealth !== undefined && { despiteHealth }),
});
