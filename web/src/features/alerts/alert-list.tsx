import { alertTitles } from '@sluice/core';
import { type Alert, contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useAlertsText } from '../../lib/i18n/alerts/alerts-texts.ts';
import { useLanguage } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import { Age } from '../../ui/age.tsx';
import { Badge, type Tone } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Acknowledge } from './acknowledge.tsx';
import { AlertPlace } from './alert-place.tsx';

interface Props {
  readonly env: string;
  readonly state: 'all' | 'firing' | 'resolved';
  readonly app: string | undefined;
  readonly before: string | undefined;
  readonly go: (cursor: string | undefined) => void;
}

const tones: Readonly<Record<Alert['severity'], Tone>> = { info: 'accent', warning: 'warn', critical: 'bad' };

/** Newest first, asked for again every five seconds. */
export function AlertList({ env, state, app, before, go }: Props) {
  const t = useAlertsText();
  const language = useLanguage();
  const alerts = useQuery({
    ...read(contracts.listAlerts, {
      params: { env },
      query: {
        limit: '50',
        ...(state !== 'all' && { state }),
        ...(app !== undefined && { app }),
        ...(before !== undefined && { before }),
      },
    }),
    refetchInterval: 5000,
  });
  const columns: Column<Alert>[] = [
    {
      key: 'severity',
      title: t.alerts.severity,
      width: '110px',
      cell: (row) =>
        row.state === 'firing' ? (
          <Badge tone={tones[row.severity]}>{t.alerts.severities[row.severity]}</Badge>
        ) : (
          <Badge tone="ok">{t.alerts.states.resolved}</Badge>
        ),
    },
    {
      key: 'alert',
      title: t.alerts.alert,
      cell: (row) => (
        <>
          <strong>{alertTitles[row.condition][language]}</strong>{' '}
          {row.isSilenced && <Badge tone="idle">{t.alerts.silenced}</Badge>}
          <div>{row.text[language]}</div>
          {row.acknowledged && (
            <div className="quiet">
              {t.alerts.acknowledged(row.acknowledged.by)} · <Age at={row.acknowledged.at} />{' '}
              {row.acknowledged.note}
            </div>
          )}
        </>
      ),
    },
    { key: 'where', title: t.alerts.where, cell: (row) => <AlertPlace env={env} alert={row} /> },
    {
      key: 'since',
      title: t.alerts.since,
      cell: (row) => (
        <>
          <Age at={row.firedAt} />
          {row.resolvedAt && (
            <div className="quiet">
              {t.alerts.over} <Age at={row.resolvedAt} />
            </div>
          )}
        </>
      ),
    },
    {
      key: 'do',
      title: <span className="visually-hidden">{t.history.actions}</span>,
      align: 'right',
      cell: (row) => row.state === 'firing' && !row.acknowledged && <Acknowledge env={env} alert={row} />,
    },
  ];
  const isNarrowed = state !== 'all' || app !== undefined || before !== undefined;
  return (
    <Loaded of={alerts} rows={6}>
      {({ items, next }) => (
        <>
          <DataTable
            label={t.shell.alerts}
            columns={columns}
            rows={items}
            rowKey={(row) => row.id}
            tone={(row) => (row.state === 'resolved' ? 'muted' : undefined)}
            empty={
              isNarrowed ? (
                <Empty title={t.alerts.noneFits} />
              ) : (
                <Empty title={t.alerts.quiet}>{t.alerts.quietHint}</Empty>
              )
            }
          />
          <Pager newest={before === undefined} older={next} go={go} />
        </>
      )}
    </Loaded>
  );
}
