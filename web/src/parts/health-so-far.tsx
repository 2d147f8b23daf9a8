import type { Push, PushActPlan } from '@sluice/protocol';
import { Checkbox } from 'antd';
import { type ReactNode, useState } from 'react';
import { useDeliveryText } from '../lib/i18n/delivery/delivery-texts.ts';
import { useWords } from '../lib/i18n/words.ts';
import { Notice } from '../ui/notice.tsx';
import { Stack } from '../ui/stack.tsx';
import type { ActAsked } from './plan/use-act-plan.ts';
import { waiverOf } from './waiver.ts';

/** Why an act goes on in spite of how the members do; to be sent along. */
export type Despite = { readonly despiteHealth?: string };

/** How those do that have it, before more get it, and the tick without which a bad value goes no further. */
export function useHealthSoFar(
  push: Push,
  asked: ActAsked,
  health: PushActPlan['health'],
  message: string,
): { readonly shown: ReactNode; readonly despite: Despite; readonly blocked: string | undefined } {
  const t = useDeliveryText().guardrail;
  const [isTicked, setTicked] = useState(false);
  const waiver = waiverOf(push, asked.act, health);
  const isDespite = isTicked && waiver !== 'none';
  const isSilent = isDespite && message.trim() === '';
  return {
    despite: isDespite ? { despiteHealth: message } : {},
    blocked: waiver === 'needed' && !isTicked ? t.tickFirst : isSilent ? t.sayWhy : undefined,
    shown: health && (
      <Stack gap={8}>
        <Told health={health} />
        {waiver !== 'none' && (
          <Checkbox checked={isDespite} onChange={(event) => setTicked(event.target.checked)}>
            {health.isWorse ? t.despiteWorse : t.despiteUnknown}
          </Checkbox>
        )}
        {waiver === 'optional' && !isDespite && <p className="quiet">{t.orWait}</p>}
      </Stack>
    ),
  };
}

function Told({ health: { health, isWorse, why } }: { readonly health: NonNullable<PushActPlan['health']> }) {
  const t = useDeliveryText().guardrail.soFar;
  const say = useWords();
  const because = why ? say(why) : '';
  if (health === 'healthy') return <Notice tone="ok">{t.healthy}</Notice>;
  return isWorse ? (
    <Notice tone="bad">{t.worse(because)}</Notice>
  ) : (
    <Notice tone="warn">{t.unknown(because)}</Notice>
  );
}
