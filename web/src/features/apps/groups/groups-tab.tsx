import { contracts, type Group } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { Fragment } from 'react';
import { useMay } from '../../../lib/access.ts';
import { count } from '../../../lib/format.ts';
import { useDeliveryText } from '../../../lib/i18n/delivery/delivery-texts.ts';
import { read } from '../../../lib/transport.ts';
import { Action } from '../../../ui/action.tsx';
import { type Column, DataTable } from '../../../ui/data-table.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { Loaded } from '../../../ui/loaded.tsx';
import { Section } from '../../../ui/page.tsx';
import { GroupPanel } from './group-panel.tsx';

/** What `?edit=` says for a group that isn't there yet; no group can have this name. */
const newGroup = '*';

/** Named selectors over labels, with how many each picks right now and where a push is in force for it. */
export function GroupsTab() {
  const t = useDeliveryText();
  const { env, app } = useParams({ from: '/shell/environments/$env/apps/$app/groups' });
  const { edit } = useSearch({ from: '/shell/environments/$env/apps/$app/groups' });
  const navigate = useNavigate({ from: '/environments/$env/apps/$app/groups' });
  const may = useMay('config:edit', { environment: env, app });
  const groups = useQuery(read(contracts.listGroups, { params: { env, app } }));
  const open = (name: string | undefined): void => void navigate({ search: { edit: name } });
  const edited = groups.data?.items.find((each) => each.name === edit);
  const create = (
    <Action type="primary" blocked={may.reason} onClick={() => open(newGroup)}>
      {t.groups.create}
    </Action>
  );
  const columns: Column<Group>[] = [
    {
      key: 'name',
      title: t.groups.group,
      cell: (row) => (
        <>
          <strong>{row.name}</strong>
          {row.description && <span className="quiet"> · {row.description}</span>}
        </>
      ),
    },
    { key: 'selector', title: t.groups.selector, cell: (row) => <code>{row.selector}</code> },
    { key: 'online', title: t.groups.matches, align: 'right', cell: (row) => count(row.online) },
    { key: 'order', title: t.groups.order, align: 'right', minor: true, cell: (row) => row.order },
    {
      key: 'used',
      title: t.groups.usedBy,
      cell: (row) =>
        row.namespaces.length === 0 ? (
          <span className="quiet">{t.groups.notUsed}</span>
        ) : (
          row.namespaces.map((ns, index) => (
            <Fragment key={ns}>
              {index > 0 && t.common.comma}
              <Link to="/environments/$env/apps/$app/namespaces/$ns" params={{ env, app, ns }}>
                {ns}
              </Link>
            </Fragment>
          ))
        ),
    },
    {
      key: 'do',
      title: <span className="visually-hidden">{t.history.actions}</span>,
      align: 'right',
      cell: (row) => (
        <Button size="small" aria-keyshortcuts="e" onClick={() => open(row.name)}>
          {t.groups.change(row.name)}
        </Button>
      ),
    },
  ];
  return (
    <Section flush title={t.groups.title} aside={groups.data?.items.length === 0 ? undefined : create}>
      <Loaded of={groups}>
        {({ items }) => (
          <DataTable
            label={t.groups.title}
            columns={columns}
            rows={items}
            rowKey={(row) => row.name}
            empty={
              <Empty title={t.groups.none} action={create}>
                {t.groups.noneHint}
              </Empty>
            }
          />
        )}
      </Loaded>
      {(edit === newGroup || edited) && (
        <GroupPanel
          key={edit}
          env={env}
          app={app}
          {...(edited && { group: edited })}
          blocked={may.reason}
          onClose={() => open(undefined)}
        />
      )}
    </Section>
  );
}
