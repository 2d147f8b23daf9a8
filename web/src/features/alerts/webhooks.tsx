import { contracts, type Webhook } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { useAlertsText } from '../../lib/i18n/alerts/alerts-texts.ts';
import { read } from '../../lib/transport.ts';
import { Action } from '../../ui/action.tsx';
import { Age } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Section } from '../../ui/page.tsx';
import { AddWebhook } from './add-webhook.tsx';
import { WebhookActions } from './webhook-actions.tsx';

/** Who is told of alerts, and what came of the last message. */
export function Webhooks({ env }: { readonly env: string }) {
  const t = useAlertsText();
  const [isAdding, setAdding] = useState(false);
  const may = useMay('alert:manage', { environment: env });
  const webhooks = useQuery({
    ...read(contracts.listWebhooks, { params: { env } }),
    enabled: may.allowed,
    refetchInterval: 10_000,
  });
  if (!may.allowed) return <Notice tone="idle">{may.reason}</Notice>;
  const columns: Column<Webhook>[] = [
    {
      key: 'name',
      title: t.webhooks.name,
      cell: (row) => (
        <>
          <strong>{row.name}</strong> {!row.enabled && <Badge tone="idle">{t.webhooks.off}</Badge>}
          <div className="quiet">
            {t.webhooks.kinds[row.kind]} · {row.createdBy}
          </div>
        </>
      ),
    },
    { key: 'to', title: t.webhooks.to, cell: (row) => <code>{row.origin}/…</code> },
    {
      key: 'about',
      title: t.webhooks.about,
      cell: (row) => (
        <>
          {row.app ?? t.alerts.everyApp}
          <div className="quiet">
            {t.webhooks.least}: {t.alerts.severities[row.severity]}
          </div>
        </>
      ),
    },
    {
      key: 'last',
      title: t.webhooks.lastSent,
      cell: (row) => (
        <>
          {row.last ? (
            <>
              <Badge tone={row.last.ok ? 'ok' : 'bad'}>
                {row.last.ok ? t.webhooks.taken : t.webhooks.notTaken}
              </Badge>{' '}
              <Age at={row.last.at} />
              {!row.last.ok && <div className="quiet">{row.last.reply}</div>}
            </>
          ) : (
            <span className="quiet">{t.webhooks.neverSent}</span>
          )}
          {row.waiting > 0 && <div className="quiet">{t.webhooks.waiting(row.waiting)}</div>}
        </>
      ),
    },
    {
      key: 'do',
      title: <span className="visually-hidden">{t.history.actions}</span>,
      align: 'right',
      cell: (row) => <WebhookActions env={env} webhook={row} />,
    },
  ];
  const add = (
    <Action type="primary" onClick={() => setAdding(true)}>
      {t.webhooks.add}
    </Action>
  );
  return (
    <Section flush title={t.alerts.tabs.webhooks} aside={add}>
      <Loaded of={webhooks}>
        {({ items }) => (
          <DataTable
            label={t.alerts.tabs.webhooks}
            columns={columns}
            rows={items}
            rowKey={(row) => row.id}
            tone={(row) => (row.enabled ? undefined : 'muted')}
            empty={<Empty title={t.webhooks.none}>{t.webhooks.noneHint}</Empty>}
          />
        )}
      </Loaded>
      {isAdding && <AddWebhook env={env} onClose={() => setAdding(false)} />}
    </Section>
  );
}
