import { useNow } from '../lib/clock.ts';
import { ageText, fullMoment } from '../lib/format.ts';
import { useDeliveryText } from '../lib/i18n/delivery/delivery-texts.ts';
import { Badge } from '../ui/badge.tsx';

/** How long a layer still lives, counting down. */
export function TimeLeft({ until }: { readonly until: string }) {
  const t = useDeliveryText();
  const left = new Date(until).getTime() - useNow();
  return (
    <Badge tone={left > 60_000 ? 'idle' : 'warn'} sign="◷" title={fullMoment(until)}>
      {left > 0 ? `${t.track.left} ${ageText(left)}` : t.track.over}
    </Badge>
  );
}
