import { type AlertSettingNow, contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useState } from 'react';
import { useAlertsText } from '../../lib/i18n/alerts/alerts-texts.ts';
import { useLanguage } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import { Badge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Section } from '../../ui/page.tsx';
import { ConditionPanel } from './condition-panel.tsx';
import { shareText } from './share-text.ts';

interface Props {
  readonly env: string;
  /** Absent: for the whole environment. */
  readonly app: string | undefined;
  readonly choose: (app: string | undefined) => void;
}

/** When each condition raises an alert, and whose word that is. */
export function Conditions({ env, app, choose }: Props) {
  const t = useAlertsText();
  const language = useLanguage();
  const [edited, setEdited] = useState<AlertSettingNow>();
  const apps = useQuery(read(contracts.listAppsOf, { params: { env } }));
  const settings = useQuery(
    read(contracts.listAlertSettings, { params: { env }, query: { ...(app !== undefined && { app }) } }),
  );
  const columns: Column<AlertSettingNow>[] = [
    { key: 'condition', title: t.alerts.condition, cell: (row) => <strong>{row.title[language]}</strong> },
    {
      key: 'enabled',
      title: t.alerts.enabled,
      cell: (row) => <Badge tone={row.enabled ? 'ok' : 'idle'}>{row.enabled ? t.kill.on : t.kill.off}</Badge>,
    },
    { key: 'severity', title: t.alerts.severity, cell: (row) => t.alerts.severities[row.severity] },
    {
      key: 'for',
      title: t.alerts.forSec,
      cell: (row) => (row.forSec === 0 ? t.alerts.everyInstance : `${row.forSec} ${t.alerts.seconds}`),
    },
    {
      key: 'from',
      title: t.alerts.threshold,
      cell: (row) =>
        row.threshold !== undefined && (
          <>
            {shareText(row.threshold)} %
            {row.minCalls !== undefined && (
              <span className="quiet">
                {' '}
                · {t.alerts.minCalls} {row.minCalls} {t.alerts.calls}
              </span>
            )}
          </>
        ),
    },
    {
      key: 'said',
      title: t.alerts.saidBy,
      minor: true,
      cell: (row) => <span className="quiet">{t.alerts.from[row.from]}</span>,
    },
    {
      key: 'do',
      title: <span className="visually-hidden">{t.history.actions}</span>,
      align: 'right',
      cell: (row) => (
        <Button
          size="small"
          aria-keyshortcuts="e"
          aria-label={`${t.alerts.change}: ${row.title[language]}`}
          onClick={() => setEdited(row)}
        >
          {t.alerts.change}
        </Button>
      ),
    },
  ];
  return (
    <Section
      flush
      title={t.alerts.tabs.conditions}
      aside={
        <Select
          aria-label={t.alerts.scope}
          showSearch
          style={{ minWidth: 240 }}
          value={app ?? ''}
          options={[
            { value: '', label: t.alerts.wholeEnvironment(env) },
            ...(apps.data?.items ?? []).map(({ name }) => ({ value: name, label: name })),
          ]}
          onChange={(next: string) => choose(next === '' ? undefined : next)}
        />
      }
    >
      <p className="quiet" style={{ padding: '10px 14px' }}>
        {t.alerts.conditionsIntro}
      </p>
      <Loaded of={settings} rows={10}>
        {({ items }) => (
          <DataTable
            label={t.alerts.tabs.conditions}
            columns={columns}
            rows={items}
            rowKey={(row) => row.condition}
            tone={(row) => (row.enabled ? undefined : 'muted')}
            empty={<Empty title={t.alerts.noneFits} />}
          />
        )}
      </Loaded>
      {edited && <ConditionPanel env={env} app={app} setting={edited} onClose={() => setEdited(undefined)} />}
    </Section>
  );
}
