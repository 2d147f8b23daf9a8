import type { PushInstance } from '@sluice/protocol';
import { Link } from '@tanstack/react-router';
import { shortDigest } from '../lib/format.ts';
import { useText } from '../lib/i18n/language.ts';
import { Moment } from '../ui/age.tsx';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Empty } from '../ui/empty.tsx';
import { applyLook } from './apply-state.ts';

interface Props {
  readonly env: string;
  readonly app: string;
  readonly instances: readonly PushInstance[];
}

/** The table twin of the grid: the same targets, with reason, latency and digest. */
export function PushTable({ env, app, instances }: Props) {
  const t = useText();
  const columns: Column<PushInstance>[] = [
    {
      key: 'id',
      title: t.push.instance,
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
      cell: (row) => (
        <Badge tone={applyLook[row.state].tone} sign={applyLook[row.state].sign}>
          {t.push.state[row.state]}
        </Badge>
      ),
    },
    { key: 'why', title: t.push.reason, cell: (row) => row.error ?? <span className="quiet">–</span> },
    {
      key: 'ms',
      title: t.push.latency,
      align: 'right',
      cell: (row) => (row.ms === undefined ? '–' : `${row.ms} ms`),
    },
    {
      key: 'digest',
      title: t.push.digest,
      minor: true,
      cell: (row) => <code title={row.digest}>{row.digest ? shortDigest(row.digest) : '–'}</code>,
    },
    { key: 'at', title: t.push.since, minor: true, cell: (row) => <Moment at={row.at} short /> },
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
    />
  );
}
