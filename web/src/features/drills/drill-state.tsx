import type { DrillState } from '@sluice/protocol';
import { useDrillsText } from '../../lib/i18n/drills/drills-texts.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';

const tones: Readonly<Record<DrillState, Tone>> = {
  draft: 'idle',
  preCheck: 'accent',
  running: 'bad',
  recovering: 'busy',
  held: 'ok',
  deviated: 'warn',
  aborted: 'warn',
  interrupted: 'warn',
};

export function DrillStateBadge({ state }: { readonly state: DrillState }) {
  const t = useDrillsText();
  return <Badge tone={tones[state]}>{t.drills.states[state]}</Badge>;
}

/** Whether something may be broken, or on its way back. */
export const isGoing = (state: DrillState): boolean => state === 'running' || state === 'recovering';
export const isDesigned = (state: DrillState): boolean => state === 'draft' || state === 'preCheck';
