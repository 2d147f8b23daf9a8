import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Button, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useAlertsText } from '../../lib/i18n/alerts/alerts-texts.ts';
import { read } from '../../lib/transport.ts';
import { Badge } from '../../ui/badge.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { AlertList } from './alert-list.tsx';
import { Conditions } from './conditions.tsx';
import { SilencePanel } from './silence-panel.tsx';
import { Silences } from './silences.tsx';
import { Webhooks } from './webhooks.tsx';

const from = '/shell/environments/$env/alerts';
const views = ['alerts', 'conditions', 'webhooks'] as const;
const states = ['all', 'firing', 'resolved'] as const;

/** What goes wrong without anybody looking: alerts now and before, when they are raised, and who is told. */
export function AlertsPage() {
  const t = useAlertsText();
  const { env } = useParams({ from });
  const search = useSearch({ from });
  const navigate = useNavigate({ from: '/environments/$env/alerts' });
  const [isSilencing, setSilencing] = useState(false);
  const apps = useQuery(read(contracts.listAppsOf, { params: { env } }));
  const view = views.find((each) => each === search.view) ?? 'alerts';
  const state = states.find((each) => each === search.state) ?? 'all';
  const { app, before } = search;
  const firing = useQuery({
    ...read(contracts.listAlerts, { params: { env }, query: { limit: '1', state: 'firing' } }),
    refetchInterval: 5000,
  });
  const go = (next: Partial<typeof search>): void =>
    void navigate({ search: { ...search, before: undefined, ...next } });
  return (
    <Page
      name={t.shell.alerts}
      title={t.shell.alerts}
      aside={
        firing.data && (
          <Badge tone={firing.data.firing > 0 ? 'bad' : 'ok'}>{t.alerts.firingNow(firing.data.firing)}</Badge>
        )
      }
      actions={<Button onClick={() => setSilencing(true)}>{t.alerts.silence}</Button>}
    >
      <Segmented
        aria-label={t.shell.alerts}
        value={view}
        options={views.map((each) => ({ value: each, label: t.alerts.tabs[each] }))}
        onChange={(next) => go({ view: next })}
      />
      {view === 'alerts' && (
        <>
          <Silences env={env} />
          <Section
            flush
            aside={
              <>
                <Segmented
                  aria-label={t.alerts.state}
                  value={state}
                  options={states.map((each) => ({ value: each, label: t.alerts.states[each] }))}
                  onChange={(next) => go({ state: next === 'all' ? undefined : next })}
                />
                <Select
                  aria-label={t.shell.app}
                  allowClear
                  showSearch
                  placeholder={t.alerts.everyApp}
                  style={{ minWidth: 200 }}
                  value={app}
                  options={(apps.data?.items ?? []).map(({ name }) => ({ value: name, label: name }))}
                  onChange={(next: string | undefined) => go({ app: next })}
                />
              </>
            }
          >
            <AlertList
              env={env}
              state={state}
              app={app}
              before={before}
              go={(cursor) => go({ before: cursor })}
            />
          </Section>
        </>
      )}
      {view === 'conditions' && <Conditions env={env} app={app} choose={(next) => go({ app: next })} />}
      {view === 'webhooks' && <Webhooks env={env} />}
      {isSilencing && <SilencePanel env={env} onClose={() => setSilencing(false)} />}
    </Page>
  );
}
