import { contracts, type Push } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Select } from 'antd';
import { useText } from '../../lib/i18n/language.ts';
import { read } from '../../lib/transport.ts';
import { wordsOfPush } from '../../parts/push-words.ts';
import { pushTone } from '../../parts/verdict-line.tsx';
import { Moment } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Section } from '../../ui/page.tsx';
import { Pager } from '../../ui/pager.tsx';
import { Progress } from '../../ui/share-bar.tsx';

export function PushesTab() {
  const t = useText();
  const { env, app } = useParams({ from: '/shell/environments/$env/apps/$app/pushes' });
  const { namespace, before } = useSearch({ from: '/shell/environments/$env/apps/$app/pushes' });
  const navigate = useNavigate({ from: '/environments/$env/apps/$app/pushes' });
  const namespaces = useQuery(read(contracts.listNamespaces, { params: { env, app } }));
  const pushes = useQuery(
    read(contracts.listPushes, {
      params: { env, app },
      query: { ...(namespace && { namespace }), ...(before && { before }) },
    }),
  );
  const columns: Column<Push>[] = [
    { key: 'at', title: t.changes.at, width: '160px', cell: (row) => <Moment at={row.createdAt} /> },
    {
      key: 'what',
      title: t.push.what,
      cell: (row) => (
        <Link to="/environments/$env/apps/$app/pushes/$push" params={{ env, app, push: row.id }}>
          {wordsOfPush(row, t)}
        </Link>
      ),
    },
    {
      key: 'state',
      title: t.push.stateTitle,
      cell: (row) => <Badge tone={pushTone(row)}>{t.push.pushState[row.state]}</Badge>,
    },
    {
      key: 'holding',
      title: t.push.holding,
      align: 'right',
      cell: (row) => (
        <>
          <Progress
            done={row.verdict.holding}
            of={row.verdict.targets}
            label={t.push.holding}
            tone={pushTone(row)}
          />{' '}
          {row.verdict.holding}/{row.verdict.targets}
        </>
      ),
    },
    {
      key: 'why',
      title: t.changes.why,
      minor: true,
      cell: (row) => row.message || <span className="quiet">–</span>,
    },
    { key: 'who', title: t.changes.who, cell: (row) => row.createdBy },
  ];
  return (
    <Section
      flush
      title={t.apps.pushes}
      aside={
        <Select
          aria-label={t.push.onlyNamespace}
          placeholder={t.push.everyNamespace}
          allowClear
          style={{ minWidth: 200 }}
          value={namespace}
          options={(namespaces.data?.items ?? []).map((each) => ({ value: each.name, label: each.name }))}
          onChange={(next: string | undefined) =>
            void navigate({ search: { namespace: next, before: undefined } })
          }
        />
      }
    >
      <Loaded of={pushes}>
        {({ items, next }) => (
          <>
            <DataTable
              label={t.apps.pushes}
              columns={columns}
              rows={items}
              rowKey={(row) => row.id}
              empty={<Empty title={t.push.none}>{t.push.noneHint}</Empty>}
            />
            <Pager
              newest={before === undefined}
              older={next}
              go={(cursor) => void navigate({ search: { namespace, before: cursor } })}
            />
          </>
        )}
      </Loaded>
    </Section>
  );
}
