import { contracts, type Namespace } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../lib/access.ts';
import { count } from '../../lib/format.ts';
import { useText } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import { Action } from '../../ui/action.tsx';
import { Age } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Section } from '../../ui/page.tsx';
import { CreateNamespace } from './create-namespace.tsx';

export function NamespacesTab() {
  const t = useText();
  const { env, app } = useParams({ from: '/shell/environments/$env/apps/$app/' });
  const [creating, setCreating] = useState(false);
  const may = useMay('config:edit', { environment: env, app });
  const namespaces = useQuery(read(contracts.listNamespaces, { params: { env, app } }));
  const create = (
    <Action type="primary" blocked={may.reason} onClick={() => setCreating(true)}>
      {t.namespaces.create}
    </Action>
  );
  const columns: Column<Namespace>[] = [
    {
      key: 'name',
      title: t.namespaces.namespace,
      cell: (row) => (
        <>
          <Link to="/environments/$env/apps/$app/namespaces/$ns" params={{ env, app, ns: row.name }}>
            <strong>{row.name}</strong>
          </Link>
          {row.description && <span className="quiet"> · {row.description}</span>}
        </>
      ),
    },
    {
      key: 'kind',
      title: t.namespaces.kind,
      cell: (row) => (
        <>
          {t.namespaces.kinds[row.kind]}
          {row.format && <span className="quiet"> · {row.format}</span>}
        </>
      ),
    },
    {
      key: 'items',
      title: t.namespaces.items,
      align: 'right',
      cell: (row) => (row.kind === 'document' ? <span className="quiet">–</span> : count(row.itemCount)),
    },
    {
      key: 'live',
      title: t.namespaces.target,
      cell: (row) =>
        row.live ? (
          <span className="num">{t.namespaces.release(row.live.number)}</span>
        ) : (
          <Badge tone="idle">{t.namespaces.neverReleased}</Badge>
        ),
    },
    {
      key: 'last',
      title: t.namespaces.lastChange,
      minor: true,
      cell: (row) =>
        row.live ? (
          <>
            <Age at={row.live.createdAt} /> <span className="quiet">{t.namespaces.by(row.live.author)}</span>
          </>
        ) : (
          <span className="quiet">–</span>
        ),
    },
    {
      key: 'draft',
      title: t.namespaces.draft,
      cell: (row) =>
        row.hasDraft ? (
          <Badge tone="busy" sign="✎">
            {t.namespaces.yourDraft}
          </Badge>
        ) : (
          <span className="quiet">–</span>
        ),
    },
  ];
  return (
    <Section flush title={t.apps.namespaces} aside={create}>
      <Loaded of={namespaces}>
        {({ items }) => (
          <DataTable
            label={t.apps.namespaces}
            columns={columns}
            rows={items}
            rowKey={(row) => row.name}
            empty={
              <Empty title={t.namespaces.none} action={create}>
                {t.namespaces.noneHint}
              </Empty>
            }
          />
        )}
      </Loaded>
      {creating && <CreateNamespace env={env} app={app} onClose={() => setCreating(false)} />}
    </Section>
  );
}
