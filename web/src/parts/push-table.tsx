import type { PushInstance } from '@sluice/protocol';
import { Link } from '@tanstack/react-router';
import { shortDigest } from '../lib/format.ts';
import { useText } from '../lib/i18n/language.ts';
import { Moment } from '../ui/age.tsx';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable, type Sorting } from '../ui/data-table.tsx';
import { Empty } from '../ui/empty.tsx';
import { applyLook, worstFirst } from './apply-state.ts';

interface Props {
  readonly env: string;
  readonly app: string;
  readonly instances: readonly PushInstance[];
  readonly sorting: Sorting;
}

/** The table twin of the grid: the same targets, with reason, latency and digest. */
export function PushTable({ env, app, instances, sorting }: Props) {
  const t = useText();
  const columns: Column<PushInstance>[] = [
    {
      key: 'id',
      title: t.push.instance,
      order: (row) => row.instanceId,
      cell: (row) => (
        <Link
          to="/environments/$env/apps/$app/instances/$instance"
          params={{ env, app, instance: row.instanceId }}
          className="mono"
        >
          {row.instanceId}
        </Link>
      ),
    },
    {
      key: 'state',
      title: t.push.stateTitle,
      order: (row) => worstFirst.indexOf(row.state),
      cell: (row) => (
        <Badge tone={applyLook[row.state].tone} sign={applyLook[row.state].sign}>
          {t.push.state[row.state]}
        </Badge>
      ),
    },
    {
      key: 'why',
      title: t.push.reason,
      order: (row) => row.error,
      cell: (row) => row.error ?? <span className="quiet">–</span>,
    },
    {
      key: 'ms',
      title: t.push.latency,
      align: 'right',
      order: (row) => row.ms,
      cell: (row) => (row.ms === undefined ? '–' : `${row.ms} ms`),
    },
    {
      key: 'digest',
      title: t.push.digest,
      minor: true,
      order: (row) => row.digest,
      cell: (row) => <code title={row.digest}>{row.digest ? shortDigest(row.digest) : '–'}</code>,
    },
    {
      key: 'at',
      title: t.push.since,
      minor: true,
      order: (row) => row.at,
      cell: (row) => <Moment at={row.at} short />,
    },
  ];
  return (
    <DataTable
      label={t.push.instances(instances.length)}
      columns={columns}
      rows={instances}
      rowKey={(row) => row.instanceId}
      empty={<Empty title={t.push.noTargets} />}
      tone={(row) =>
        applyLook[row.state].tone === 'bad' ? 'bad' : row.state === 'offline' ? 'muted' : undefined
      }
      virtual
      sorting={sorting}
    />
  );
}
