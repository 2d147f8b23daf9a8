import { breakerReasonText } from '@sluice/core';
import type { TrafficMarker } from '@sluice/protocol';
import { Link } from '@tanstack/react-router';
import { useGuardText } from '../../lib/i18n/guard/guard-texts.ts';
import { useText } from '../../lib/i18n/language.ts';
import { useWords } from '../../lib/i18n/words.ts';
import type { ResourcePlace } from '../../parts/traffic/resource-place.ts';
import { Moment } from '../../ui/age.tsx';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Section } from '../../ui/page.tsx';

interface Props {
  readonly place: ResourcePlace;
  readonly markers: readonly TrafficMarker[];
}

/** The rest is on the charts. */
const shownAtMost = 40;
const tones: Readonly<Record<TrafficMarker['kind'], Tone>> = {
  push: 'accent',
  breaker: 'warn',
  kill: 'bad',
  drill: 'busy',
};

/** Pushes, breakers that turned, drills and kill switches in the time of the charts, newest first. */
export function Happenings({ place, markers }: Props) {
  const t = useGuardText();
  const common = useText();
  return (
    <Section flush title={t.resources.happened}>
      <DataTable
        label={t.resources.happened}
        rows={[...markers].reverse().slice(0, shownAtMost)}
        rowKey={(row) => JSON.stringify(row)}
        empty={<p style={{ padding: '10px 14px' }}>{t.resources.nothingHappened}</p>}
        columns={[
          {
            key: 'at',
            title: common.changes.at,
            width: '110px',
            cell: (row) => <Around env={place.env} at={row.at} />,
          },
          {
            key: 'kind',
            title: t.resources.type,
            width: '130px',
            cell: (row) => <Badge tone={tones[row.kind]}>{t.resources.markers[row.kind]}</Badge>,
          },
          { key: 'what', title: common.changes.what, cell: (row) => <What place={place} marker={row} /> },
        ]}
      />
    </Section>
  );
}

/** The moment, as the way to all else that changed around it. */
function Around({ env, at }: { readonly env: string; readonly at: string }) {
  const t = useGuardText();
  return (
    <Link to="/environments/$env/incident" params={{ env }} search={{ at }} title={t.resources.aroundIt}>
      <Moment at={at} short />
    </Link>
  );
}

function What({
  place: { env, app },
  marker,
}: {
  readonly place: ResourcePlace;
  readonly marker: TrafficMarker;
}) {
  const t = useText();
  const g = useGuardText();
  const say = useWords();
  switch (marker.kind) {
    case 'push': {
      const kinds: Readonly<Record<string, string>> = t.changes.kind;
      const words = `${marker.namespace} · ${kinds[marker.what] ?? marker.what}`;
      return (
        <>
          {marker.pushId ? (
            <Link
              to="/environments/$env/apps/$app/pushes/$push"
              params={{ env, app, push: marker.pushId }}
              style={{ textDecoration: 'underline' }}
            >
              {words}
            </Link>
          ) : (
            words
          )}{' '}
          <Said by={marker.by}>{marker.message}</Said>
        </>
      );
    }
    case 'breaker':
      return (
        <>
          {g.resources.breakerTurned(
            marker.rule,
            marker.instanceId,
            g.breakerState[marker.from],
            g.breakerState[marker.to],
          )}{' '}
          <span className="quiet">{say(breakerReasonText(marker.reason))}</span>
        </>
      );
    case 'drill':
      return (
        <>
          {marker.title}: {g.resources.drillMoved[marker.what]} <Said by={marker.by} />
        </>
      );
    case 'kill': {
      const on = (['freezePublishes', 'monitorOnly', 'endFaults'] as const).filter((each) => marker[each]);
      return (
        <>
          {g.resources.killTurned(on.map((each) => t.kill.toggles[each]).join(t.common.comma))}{' '}
          <Said by={marker.by}>{marker.reason}</Said>
        </>
      );
    }
  }
}

/** What somebody said to it, and who. */
function Said({ by, children }: { readonly by: string; readonly children?: string | undefined }) {
  return (
    <>
      {children && <>· {children} </>}
      <span className="quiet">· {by}</span>
    </>
  );
}
