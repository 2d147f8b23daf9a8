import type { contracts, ResponseOf } from '@sluice/protocol';
import { Link } from '@tanstack/react-router';
import { amount, percent } from '../../lib/amount.ts';
import { useText } from '../../lib/i18n/language.ts';
import { Badge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';

type Worst = ResponseOf<typeof contracts.environmentTraffic>['worst'][number];

/** Resources of every app in the last minute: open breakers, then errors, then volume. */
export function WorstResources({ env, worst }: { readonly env: string; readonly worst: readonly Worst[] }) {
  const t = useText().overview;
  const columns: Column<Worst>[] = [
    {
      key: 'resource',
      title: t.resource,
      cell: (row) => (
        <>
          <Link
            to="/environments/$env/apps/$app/resource"
            params={{ env, app: row.app }}
            search={{ name: row.resource, type: row.type }}
            className="mono"
          >
            {row.resource}
          </Link>{' '}
          {row.breakers.length > 0 && <Badge tone="bad">{t.breakersOpen(row.breakers.length)}</Badge>}
        </>
      ),
    },
    { key: 'app', title: t.app, minor: true, cell: (row) => row.app },
    {
      key: 'errors',
      title: t.errorShare,
      align: 'right',
      cell: ({ minute }) =>
        minute ? percent(minute.errors / Math.max(1, minute.errors + minute.success)) : '–',
    },
    {
      key: 'blocked',
      title: t.blocked,
      align: 'right',
      cell: ({ minute }) =>
        minute
          ? amount(Object.values(minute.blocked).reduce((sum, each) => sum + each, 0) / minute.seconds)
          : '–',
    },
    {
      key: 'calls',
      title: t.callsPerSec,
      align: 'right',
      cell: ({ minute }) => (minute ? amount(minute.passed / minute.seconds) : '–'),
    },
    {
      key: 'p99',
      title: 'p99',
      align: 'right',
      minor: true,
      cell: ({ minute }) => (minute?.p99Ms === undefined ? '–' : `${amount(minute.p99Ms)} ms`),
    },
  ];
  return (
    <DataTable
      label={t.worst}
      rows={worst}
      rowKey={(row) => `${row.app} ${row.type} ${row.resource}`}
      tone={(row) => (row.breakers.length > 0 ? 'bad' : undefined)}
      empty={<Empty title={t.noResource}>{t.noResourceHint}</Empty>}
      columns={columns}
    />
  );
}
