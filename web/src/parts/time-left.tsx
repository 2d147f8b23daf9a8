import { useNow } from '../lib/clock.ts';
import { ageText, fullMoment } from '../lib/format.ts';
import { useText } from '../lib/i18n/language.ts';
import { Badge } from '../ui/badge.tsx';

/** How long a layer still lives, counting down. */
export function TimeLeft({ until }: { readonly until: string }) {
  const t = useText();
  const left = new Date(until).getTime() - useNow();
  return (
    <Badge tone={left > 60_000 ? 'idle' : 'warn'} sign="◷" title={fullMoment(until)}>
      {left > 0 ? `${t.track.left} ${ageText(left)}` : t.track.over}
    </Badge>
  );
}
