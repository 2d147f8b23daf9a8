import { type AuditEntry, contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useText } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import { Moment } from '../../ui/age.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Section } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { MaySee } from './may-see.tsx';
import { usePlaces } from './places.ts';

export function AuditTab() {
  return (
    <MaySee permission="audit:read">
      <Audit />
    </MaySee>
  );
}

function Audit() {
  const t = useText();
  const { before, ...filters } = useSearch({ from: '/shell/admin/audit' });
  const navigate = useNavigate({ from: '/admin/audit' });
  const places = usePlaces();
  const [open, setOpen] = useState<number>();
  const given = Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
  const audit = useQuery(
    read(contracts.listAudit, { query: { ...given, limit: '50', ...(before && { before }) } }),
  );
  const filter = (part: Partial<typeof filters>): void =>
    void navigate({ search: { ...filters, ...part, before: undefined }, replace: true });
  const columns: Column<AuditEntry>[] = [
    { key: 'at', title: t.changes.at, width: '160px', cell: (row) => <Moment at={row.at} /> },
    {
      key: 'who',
      title: t.changes.who,
      cell: (row) => (
        <>
          {row.actor} <span className="quiet">{t.audit.kinds[row.actorKind]}</span>
        </>
      ),
    },
    { key: 'action', title: t.audit.action, cell: (row) => <code>{row.action}</code> },
    {
      key: 'where',
      title: t.changes.where,
      cell: (row) => [row.environment, row.app, row.target].filter(Boolean).join(' / '),
    },
    {
      key: 'via',
      title: t.audit.via,
      minor: true,
      cell: (row) => (
        <span className="quiet">
          {row.via} · {row.remoteAddress}
        </span>
      ),
    },
    {
      key: 'revision',
      title: t.changes.revision,
      align: 'right',
      minor: true,
      cell: (row) => row.revision ?? '–',
    },
    {
      key: 'do',
      title: <span className="visually-hidden">{t.audit.detail}</span>,
      align: 'right',
      cell: (row) =>
        Object.keys(row.detail).length > 0 && (
          <Button
            size="small"
            aria-expanded={open === row.sequence}
            onClick={() => setOpen(open === row.sequence ? undefined : row.sequence)}
          >
            {t.audit.detail}
          </Button>
        ),
    },
  ];
  return (
    <Section
      flush
      title={t.admin.audit}
      aside={
        <>
          <Input
            allowClear
            aria-label={t.audit.actor}
            placeholder={t.audit.actor}
            style={{ width: 140 }}
            value={filters.actor ?? ''}
            onChange={(event) => filter({ actor: event.target.value || undefined })}
          />
          <Input
            allowClear
            aria-label={t.audit.action}
            placeholder={t.audit.action}
            style={{ width: 160 }}
            value={filters.action ?? ''}
            onChange={(event) => filter({ action: event.target.value || undefined })}
          />
          <Select
            aria-label={t.shell.environment}
            style={{ minWidth: 150 }}
            value={filters.environment ?? '*'}
            options={places.environments}
            onChange={(next: string) => filter({ environment: next === '*' ? undefined : next })}
          />
          <Select
            aria-label={t.shell.app}
            style={{ minWidth: 150 }}
            value={filters.app ?? '*'}
            options={places.apps}
            onChange={(next: string) => filter({ app: next === '*' ? undefined : next })}
          />
        </>
      }
    >
      <Loaded of={audit} rows={10}>
        {({ items, next }) => (
          <>
            <DataTable
              label={t.admin.audit}
              columns={columns}
              rows={items}
              rowKey={(row) => String(row.sequence)}
              detail={(row) =>
                open === row.sequence && (
                  <pre className="mono" style={{ margin: 0, whiteSpace: 'pre-wrap' }}>
                    {JSON.stringify(row.detail, null, 2)}
                  </pre>
                )
              }
              empty={<Empty title={t.audit.none} />}
            />
            <Pager
              newest={before === undefined}
              older={next}
              go={(cursor) => void navigate({ search: { ...filters, before: cursor } })}
            />
          </>
        )}
      </Loaded>
    </Section>
  );
}
