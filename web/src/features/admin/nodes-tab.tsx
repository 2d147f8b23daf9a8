import { contracts, type ServerNode } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { bytes, count } from '../../lib/format.ts';
import { useAdminText } from '../../lib/i18n/admin/admin-texts.ts';
import { read } from '../../lib/transport.ts';
import { Age, Moment } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Section } from '../../ui/page.tsx';
import { Stack } from '../../ui/stack.tsx';
import { MaySee } from './may-see.tsx';

/** Nodes renew their lease every three seconds. */
const refreshMs = 3_000;

export function NodesTab() {
  return (
    <MaySee permission="server:read">
      <Nodes />
    </MaySee>
  );
}

function Nodes() {
  const t = useAdminText().nodes;
  const nodes = useQuery({ ...read(contracts.listNodes), refetchInterval: refreshMs });
  const columnsAt = (at: string): Column<ServerNode>[] => [
    {
      key: 'node',
      title: t.node,
      cell: (row) => (
        <>
          <code>{row.id}</code> {row.isThis && <Badge tone="accent">{t.isThis}</Badge>}
        </>
      ),
    },
    { key: 'version', title: t.version, cell: (row) => row.version },
    { key: 'instances', title: t.instances, align: 'right', cell: (row) => count(row.instances) },
    { key: 'pages', title: t.pages, align: 'right', cell: (row) => count(row.pages) },
    { key: 'memory', title: t.memory, align: 'right', cell: (row) => bytes(row.memoryBytes) },
    {
      key: 'started',
      title: t.started,
      minor: true,
      cell: (row) => (
        <>
          <Moment at={row.startedAt} />{' '}
          <span className="quiet">
            <Age at={row.startedAt} />
          </span>
        </>
      ),
    },
    { key: 'lease', title: t.lease, cell: (row) => <Lease until={row.leaseUntil} at={at} /> },
  ];
  return (
    <Section flush title={t.title}>
      <Loaded of={nodes}>
        {({ items, database, at }) => (
          <Stack>
            {new Set(items.map(({ version }) => version)).size > 1 && <Notice tone="warn">{t.differ}</Notice>}
            <DataTable
              label={t.title}
              columns={columnsAt(at)}
              rows={items}
              rowKey={(row) => row.id}
              tone={(row) => (row.isThis ? 'current' : undefined)}
              empty={<Empty title={t.none} />}
            />
            <p className="quiet" style={{ padding: '8px 14px 10px' }}>
              {t.database[database]}
            </p>
          </Stack>
        )}
      </Loaded>
    </Section>
  );
}

/** By the server's own clock: the reader's may be wrong. */
function Lease({ until, at }: { readonly until: string; readonly at: string }) {
  const t = useAdminText().nodes;
  const leftSec = Math.round((Date.parse(until) - Date.parse(at)) / 1000);
  return leftSec > 0 ? (
    <Badge tone="ok">{t.leaseLeft(leftSec)}</Badge>
  ) : (
    <Badge tone="bad">{t.leaseOver}</Badge>
  );
}
