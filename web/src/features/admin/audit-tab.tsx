import { type AuditEntry, type ChainHead, contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Input, Select } from 'antd';
import { useMemo, useState } from 'react';
import { nowMs } from '../../lib/clock.ts';
import { useAdminText } from '../../lib/i18n/admin/admin-texts.ts';
import { read } from '../../lib/transport.ts';
import { Moment } from '../../ui/age.tsx';
import { CopyBlock } from '../../ui/copy.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Section } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { ExportAudit } from './export-audit.tsx';
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
  const t = useAdminText();
  const { before, ...filters } = useSearch({ from: '/shell/admin/audit' });
  const navigate = useNavigate({ from: '/admin/audit' });
  const places = usePlaces();
  const [open, setOpen] = useState<number>();
  const given = useQueryOf(filters);
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
          {row.via}
          {row.remoteAddress && ` · ${row.remoteAddress}`}
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
      title={t.shell.adminPages.audit}
      aside={
        <>
          <Select
            aria-label={t.audit.since}
            style={{ minWidth: 130 }}
            value={filters.since ?? 'all'}
            options={(['1h', '1d', '7d', '30d', 'all'] as const).map((value) => ({
              value,
              label: t.audit.stretches[value],
            }))}
            onChange={(next: string) => filter({ since: next === 'all' ? undefined : next })}
          />
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
          <ExportAudit query={given} />
        </>
      }
    >
      <Loaded of={audit} rows={10}>
        {({ items, next, head }) => (
          <>
            <DataTable
              label={t.shell.adminPages.audit}
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
            {head && <Head head={head} />}
          </>
        )}
      </Loaded>
    </Section>
  );
}

const stretchMs: Readonly<Record<string, number>> = {
  '1h': 3_600_000,
  '1d': 86_400_000,
  '7d': 7 * 86_400_000,
  '30d': 30 * 86_400_000,
};

/** The filters as the API takes them. The beginning of a stretch stays the same until another one is chosen. */
function useQueryOf(filters: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const stretch = stretchMs[filters.since ?? ''];
  const since = useMemo(
    () => (stretch === undefined ? undefined : new Date(nowMs() - stretch).toISOString()),
    [stretch],
  );
  return Object.fromEntries(
    Object.entries({ ...filters, since }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
}

/** What to keep elsewhere, for those who may read all of the audit. */
function Head({ head }: { readonly head: ChainHead }) {
  const t = useAdminText().audit;
  return (
    <div style={{ padding: 14 }}>
      <p className="quiet">
        <strong>{t.head}.</strong> {t.headHint}
      </p>
      <CopyBlock label={t.head} text={`${head.sequence}:${head.hash}`} />
    </div>
  );
}
