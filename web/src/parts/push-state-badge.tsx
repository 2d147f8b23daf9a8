import type { Push } from '@sluice/protocol';
import { useText } from '../lib/i18n/language.ts';
import { Badge } from '../ui/badge.tsx';
import { pushTone } from './verdict-line.tsx';

/** How a push stands, in a word; one that was for nobody is not said to have reached everybody. */
export function PushStateBadge({ push }: { readonly push: Push }) {
  const t = useText();
  const { state, verdict } = push;
  if (state === 'converged' && verdict.targets === 0) return <Badge tone="idle">{t.push.forNobody}</Badge>;
  return <Badge tone={pushTone(push)}>{t.push.pushState[state]}</Badge>;
}
