import { contracts, type IncidentEntry } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Button, Select } from 'antd';
import { nowMs } from '../../lib/clock.ts';
import { dateTime } from '../../lib/format.ts';
import { useIncidentText } from '../../lib/i18n/incident/incident-texts.ts';
import { useWatch } from '../../lib/live/link.ts';
import { call } from '../../lib/transport.ts';
import { AppFilter } from '../../parts/app-filter.tsx';
import { SilentNodes } from '../../parts/silent-nodes.tsx';
import { Age } from '../../ui/age.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { CallsStrip } from './calls-strip.tsx';
import { spanNames, spans, stretchOf } from './stretch.ts';
import { Timeline } from './timeline.tsx';

const everyMs = 3000;
const kinds = ['push', 'rules', 'kill', 'breaker', 'drill'] as const;
type Kind = (typeof kinds)[number];

/** What changed, and how do I undo it? Every change of an environment beside how calls went at that time. */
export function IncidentPage() {
  const t = useIncidentText();
  const from = '/shell/environments/$env/incident' as const;
  const { env } = useParams({ from });
  const search = useSearch({ from });
  const navigate = useNavigate({ from: '/environments/$env/incident' });
  const go = (part: Partial<typeof search>): void => void navigate({ search: { ...search, ...part } });
  const { span, at, fixed } = stretchOf(search);
  const only = kinds.find((each) => each === search.only);
  const params = { env };
  const app = search.app && { app: search.app };
  useWatch({ of: 'environment', environment: env });
  const incident = useQuery({
    queryKey: [contracts.getIncident.id, params, { span: fixed ? at : span, ...app }],
    queryFn: ({ signal }) => {
      const stretch = fixed ?? { from: new Date(nowMs() - spans[span]).toISOString() };
      return call(contracts.getIncident, { params, query: { ...stretch, ...app } }, signal);
    },
    refetchInterval: everyMs,
  });
  return (
    <Page
      name={t.incident.title}
      title={t.incident.title}
      aside={
        incident.data && (
          <span className="quiet">
            <Age at={incident.data.at} />
          </span>
        )
      }
      actions={
        <>
          {at === undefined ? (
            <Select
              aria-label={t.incident.span}
              style={{ minWidth: 140 }}
              value={span}
              options={spanNames.map((each) => ({ value: each, label: t.incident.spans[each] }))}
              onChange={(next) => go({ span: next })}
            />
          ) : (
            <>
              <span>{t.incident.around(dateTime(at))}</span>
              <Button onClick={() => go({ at: undefined })}>{t.incident.now}</Button>
            </>
          )}
          <AppFilter environment={env} app={search.app} onChange={(next) => go({ app: next })} />
          <Select
            aria-label={t.incident.only}
            placeholder={t.incident.everything}
            allowClear
            style={{ minWidth: 150 }}
            value={only}
            options={kinds.map((each) => ({ value: each, label: t.incident.kinds[each] }))}
            onChange={(next: Kind | undefined) => go({ only: next })}
          />
        </>
      }
    >
      <p className="quiet">{t.incident.intro}</p>
      <Loaded of={incident} rows={10}>
        {(data) => (
          <>
            <Section title={t.incident.calls}>
              <CallsStrip incident={data} />
            </Section>
            <SilentNodes count={data.silentNodes} />
            {data.cut && <Notice tone="warn">{t.incident.cut}</Notice>}
            <Section title={t.incident.timeline} flush>
              <Timeline
                env={env}
                entries={data.items.filter((entry) => only === undefined || kindOf(entry) === only)}
                pushes={data.pushes}
              />
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
}

const kindOf = ({ marker, rules }: IncidentEntry): string =>
  marker.kind === 'push' && rules ? 'rules' : marker.kind;
