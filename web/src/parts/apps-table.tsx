import type { AppOverview } from '@sluice/protocol';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { count } from '../lib/format.ts';
import { useText } from '../lib/i18n/language.ts';
import { Badge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';

interface Props {
  readonly env: string;
  readonly apps: readonly AppOverview[];
  readonly empty: ReactNode;
}

/** Apps of an environment with their instances at a glance. */
export function AppsTable({ env, apps, empty }: Props) {
  const t = useText();
  const columns: Column<AppOverview>[] = [
    {
      key: 'name',
      title: t.apps.app,
      cell: (app) => (
        <>
          <Link to="/environments/$env/apps/$app" params={{ env, app: app.name }}>
            <strong>{app.name}</strong>
          </Link>
          {app.title && app.title !== app.name && <span className="quiet"> · {app.title}</span>}
        </>
      ),
    },
    {
      key: 'owner',
      title: t.apps.owner,
      minor: true,
      cell: (app) => app.owner || <span className="quiet">–</span>,
    },
    { key: 'ns', title: t.apps.namespaces, align: 'right', cell: (app) => count(app.namespaceCount) },
    { key: 'online', title: t.apps.online, align: 'right', cell: (app) => count(app.instancesOnline) },
    {
      key: 'offline',
      title: t.apps.offline,
      align: 'right',
      minor: true,
      cell: (app) => count(app.instancesOffline),
    },
    {
      key: 'sync',
      title: t.apps.sync,
      cell: (app) =>
        app.instancesDiffering > 0 ? (
          <Badge tone="warn" sign="≠">
            {t.apps.differing(app.instancesDiffering)}
          </Badge>
        ) : app.instancesOnline === 0 ? (
          <Badge tone="idle">{t.apps.nobodyOnline}</Badge>
        ) : (
          <Badge tone="ok">{t.apps.allEqual}</Badge>
        ),
    },
  ];
  return (
    <DataTable label={t.shell.apps} columns={columns} rows={apps} rowKey={(app) => app.name} empty={empty} />
  );
}
