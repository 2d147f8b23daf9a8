import { useNow } from '../../lib/clock.ts';
import { ageText } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/language.ts';
import { useLinkState } from '../../lib/live/link.ts';
import { Badge } from '../../ui/badge.tsx';

/** How fresh everything on the page is, in one word. */
export function ConnectionChip() {
  const t = useText().live;
  const now = useNow();
  const link = useLinkState();
  return (
    <span role="status" aria-live="off">
      {link.is === 'live' && (
        <Badge tone="ok" sign="●" title={t.liveHint}>
          {t.live}
        </Badge>
      )}
      {link.is === 'connecting' && (
        <Badge tone="idle" sign="…">
          {t.connecting}
        </Badge>
      )}
      {link.is === 'reconnecting' && (
        <Badge tone="warn" title={t.reconnectingHint}>
          {t.reconnecting(ageText(now - link.since))}
        </Badge>
      )}
      {link.is === 'polling' && (
        <Badge tone="warn" title={t.pollingHint}>
          {t.polling(ageText(now - link.since))}
        </Badge>
      )}
    </span>
  );
}
