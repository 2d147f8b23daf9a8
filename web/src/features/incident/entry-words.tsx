import { breakerReasonText } from '@sluice/core';
import type { IncidentEntry, Push } from '@sluice/protocol';
import { Link } from '@tanstack/react-router';
import { useIncidentText } from '../../lib/i18n/incident/incident-texts.ts';
import { useWords } from '../../lib/i18n/words.ts';
import { changeLook } from '../../parts/changes-table.tsx';
import { Badge, type Tone } from '../../ui/badge.tsx';
import styles from './incident.module.css';

const toggles = ['freezePublishes', 'monitorOnly', 'endFaults'] as const;
const drillTones = { started: 'warn', ended: 'ok', aborted: 'bad', interrupted: 'bad' } as const;
const breakerTones: Readonly<Record<string, Tone>> = { open: 'bad', forcedOpen: 'bad', halfOpen: 'warn' };

/** What happened, by sign, colour and word. */
export function What({ entry: { marker, rules } }: { readonly entry: IncidentEntry }) {
  const t = useIncidentText();
  switch (marker.kind) {
    case 'push': {
      const kind = marker.what as keyof typeof changeLook;
      return (
        <>
          <Badge tone={changeLook[kind].tone} sign={changeLook[kind].sign}>
            {t.changes.kind[kind]}
            {marker.release !== undefined && ` ${marker.release}`}
          </Badge>{' '}
          {rules && <Badge tone="accent">{t.incident.kinds.rules}</Badge>}
        </>
      );
    }
    case 'breaker':
      return (
        <Badge tone={breakerTones[marker.to] ?? 'ok'}>
          {t.incident.breakerTo(marker.rule, t.incident.states[marker.to])}
        </Badge>
      );
    case 'kill': {
      const on = toggles.filter((each) => marker[each]).map((each) => t.kill.toggles[each]);
      return (
        <Badge tone={on.length > 0 ? 'bad' : 'ok'}>
          {t.kill.open} {on.length > 0 ? t.incident.killOn(on.join(t.common.comma)) : t.incident.killOff}
        </Badge>
      );
    }
    case 'drill':
      return (
        <Badge tone={drillTones[marker.what]}>
          {t.incident.drill[marker.what]} {marker.title}
        </Badge>
      );
  }
}

interface WhyProps {
  readonly entry: IncidentEntry;
  /** Of a breaker that is folded: its turns before. */
  readonly older: readonly IncidentEntry[];
  readonly push: Push | undefined;
}

/** What whoever did it said, or why a breaker turned; and how often, when it turned again and again. */
export function Why({ entry: { marker }, older, push }: WhyProps) {
  const t = useIncidentText();
  const say = useWords();
  const because = marker.kind === 'push' && marker.what === 'abandon' ? push?.ended?.because : undefined;
  if (marker.kind === 'push') return marker.message || (because && say(because)) || '–';
  if (marker.kind !== 'breaker') return ('reason' in marker && marker.reason) || '–';
  const openings = [marker, ...older.map((each) => each.marker)].filter(
    (each) => each.kind === 'breaker' && each.to === 'open',
  ).length;
  return (
    <>
      {say(breakerReasonText(marker.reason))}
      {older.length > 0 && <div className="quiet">{t.incident.turned(openings, older.length + 1)}</div>}
    </>
  );
}

interface WhereProps {
  readonly env: string;
  readonly entry: IncidentEntry;
  readonly push: Push | undefined;
}

/** Where it happened, as the way to it. */
export function Where({ env, entry: { app, marker, resource, type }, push }: WhereProps) {
  const t = useIncidentText();
  if (app === undefined) return <>{t.incident.environment}</>;
  if (marker.kind === 'breaker' && resource !== undefined)
    return (
      <Link
        to="/environments/$env/apps/$app/resource"
        params={{ env, app }}
        search={{ name: resource, type, span: '1h' }}
      >
        <span className={styles.where}>
          {app} / <code>{resource}</code>
        </span>
      </Link>
    );
  if (marker.kind !== 'push')
    return (
      <Link to="/environments/$env/apps/$app" params={{ env, app }}>
        {app}
      </Link>
    );
  const words = `${app} / ${marker.namespace}`;
  const keys = push?.namespaces
    .find((each) => each.name === marker.namespace)
    ?.keys.filter(Boolean)
    .slice(0, 3);
  return (
    <>
      {marker.pushId === undefined ? (
        words
      ) : (
        <Link to="/environments/$env/apps/$app/pushes/$push" params={{ env, app, push: marker.pushId }}>
          {words}
        </Link>
      )}
      {keys && keys.length > 0 && <div className="quiet mono">{keys.join(t.common.comma)}</div>}
    </>
  );
}
