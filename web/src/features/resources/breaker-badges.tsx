import type { BreakerState } from '@sluice/core';
import type { BreakerNow } from '@sluice/protocol';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';

const tones: Readonly<Record<BreakerState, Tone>> = {
  closed: 'ok',
  open: 'bad',
  halfOpen: 'warn',
  forcedOpen: 'bad',
  forcedClosed: 'busy',
};

export function BreakerBadge({ state }: { readonly state: BreakerState }) {
  const t = useGuardText();
  return <Badge tone={tones[state]}>{t.breakerState[state]}</Badge>;
}

/** Breakers of a resource that are not closed somewhere: on how many instances, in which state. */
export function BreakerBadges({ breakers }: { readonly breakers: readonly BreakerNow[] }) {
  const t = useGuardText();
  const found = breakers.flatMap(({ rule, states }) =>
    Object.entries(states).flatMap(([state, n]) =>
      n > 0 && state !== 'closed' ? [{ rule, state: state as BreakerState, n }] : [],
    ),
  );
  if (found.length === 0) return <span className="quiet">{t.resources.allClosed}</span>;
  return (
    <>
      {found.map(({ rule, state, n }) => (
        <Badge key={`${rule} ${state}`} tone={tones[state]} title={rule}>
          {t.resources.breakerCount(n, t.breakerState[state])}
        </Badge>
      ))}
    </>
  );
}
