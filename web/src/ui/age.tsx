import { useNow } from '../lib/clock.ts';
import { ageText, clockTime, dateTime, fullMoment } from '../lib/format.ts';
import { useText } from '../lib/i18n/language.ts';

/** How old something is, counting on. */
export function Age({ at }: { readonly at: string | number }) {
  const now = useNow();
  const t = useText();
  return (
    <time className="num nowrap" dateTime={new Date(at).toISOString()} title={fullMoment(at)}>
      {t.format.ago(ageText(now - new Date(at).getTime()))}
    </time>
  );
}

/** A moment as people read it, with seconds. */
export function Moment({ at, short = false }: { readonly at: string | number; readonly short?: boolean }) {
  return (
    <time className="num nowrap" dateTime={new Date(at).toISOString()} title={fullMoment(at)}>
      {short ? clockTime(at) : dateTime(at)}
    </time>
  );
}
