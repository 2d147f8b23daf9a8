import type { contracts, ResponseOf } from '@sluice/protocol';
import { count } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/language.ts';
import { Moment } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';

/** The server's nodes, and how many instances each holds. */
export function Nodes({ nodes }: { readonly nodes: ResponseOf<typeof contracts.overview>['nodes'] }) {
  const t = useText();
  return (
    <DataTable
      label={t.overview.nodes}
      rows={nodes}
      rowKey={(row) => row.id}
      empty={<Empty title={t.overview.noNode} />}
      columns={[
        {
          key: 'id',
          title: t.overview.node,
          cell: (row) => (
            <>
              <code>{row.id}</code> {row.isThis && <Badge tone="accent">{t.overview.thisNode}</Badge>}
            </>
          ),
        },
        { key: 'n', title: t.overview.connections, align: 'right', cell: (row) => count(row.instances) },
        { key: 'since', title: t.overview.since, minor: true, cell: (row) => <Moment at={row.startedAt} /> },
      ]}
    />
  );
}
