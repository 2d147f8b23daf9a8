import { contracts, type Grant, type User } from '@sluice/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Select } from 'antd';
import { useState } from 'react';
import { useAdminText } from '../../lib/i18n/admin/admin-texts.ts';
import type { Problem } from '../../lib/problem.ts';
import { call, keyOf, read } from '../../lib/transport.ts';
import { Age, Moment } from '../../ui/age.tsx';
import { Badge } from '../../ui/badge.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Section } from '../../ui/page.tsx';
import { ProblemBox } from '../../ui/problem-box.tsx';
import { Row, Stack } from '../../ui/stack.tsx';
import { MaySee } from './may-see.tsx';
import { usePlaces } from './places.ts';
import { UserPanel } from './user-panel.tsx';

export function UsersTab() {
  return (
    <MaySee permission="user:manage">
      <Users />
    </MaySee>
  );
}

function Users() {
  const t = useAdminText();
  const client = useQueryClient();
  const [editing, setEditing] = useState<User | 'new'>();
  const { environment, app } = useSearch({ from: '/shell/admin/users' });
  const navigate = useNavigate({ from: '/admin/users' });
  const places = usePlaces();
  const users = useQuery(read(contracts.listUsers));
  const isThere = (grant: Grant): boolean =>
    (environment === undefined || [environment, '*'].includes(grant.environment)) &&
    (app === undefined || [app, '*'].includes(grant.app));
  const isPlace = environment !== undefined || app !== undefined;
  const enable = useMutation<User, Problem, User>({
    mutationFn: (user) =>
      call(contracts.changeUser, { params: { user: user.id }, body: { disabled: !user.disabled } }),
    onSuccess: () => client.invalidateQueries({ queryKey: keyOf(contracts.listUsers) }),
  });
  const columns: Column<User>[] = [
    {
      key: 'name',
      title: t.admin.user,
      cell: (row) => (
        <>
          <strong>{row.name}</strong> {row.disabled && <Badge tone="warn">{t.admin.disabled}</Badge>}
        </>
      ),
    },
    {
      key: 'roles',
      title: t.admin.rolesTitle,
      cell: (row) =>
        row.grants.length === 0 ? (
          <span className="quiet">{t.admin.noRole}</span>
        ) : (
          row.grants.filter(isThere).map((grant) => (
            <div key={`${grant.role} ${grant.environment} ${grant.app}`}>
              {t.roles[grant.role]}{' '}
              <span className="quiet">
                {grant.environment} / {grant.app}
              </span>
            </div>
          ))
        ),
    },
    { key: 'created', title: t.admin.created, minor: true, cell: (row) => <Moment at={row.createdAt} /> },
    {
      key: 'seen',
      title: t.common.lastSeen,
      cell: (row) =>
        row.lastSeenAt ? <Age at={row.lastSeenAt} /> : <span className="quiet">{t.admin.never}</span>,
    },
    {
      key: 'do',
      title: <span className="visually-hidden">{t.history.actions}</span>,
      align: 'right',
      cell: (row) => (
        <Row end gap={6}>
          <Button
            size="small"
            aria-keyshortcuts="e"
            onClick={() => setEditing(row)}
            aria-label={t.admin.changeUser(row.name)}
          >
            {t.admin.change}
          </Button>
          <Button size="small" danger={!row.disabled} onClick={() => enable.mutate(row)}>
            {row.disabled ? t.admin.enable(row.name) : t.admin.disable(row.name)}
          </Button>
        </Row>
      ),
    },
  ];
  return (
    <Section
      flush
      title={t.shell.adminPages.users}
      aside={
        <>
          <Select
            aria-label={t.shell.environment}
            title={t.admin.whoIn}
            style={{ minWidth: 150 }}
            value={environment ?? '*'}
            options={places.environments}
            onChange={(next: string) =>
              void navigate({ search: { environment: next === '*' ? undefined : next, app } })
            }
          />
          <Select
            aria-label={t.shell.app}
            title={t.admin.whoIn}
            style={{ minWidth: 150 }}
            value={app ?? '*'}
            options={places.apps}
            onChange={(next: string) =>
              void navigate({ search: { environment, app: next === '*' ? undefined : next } })
            }
          />
          <Button type="primary" onClick={() => setEditing('new')}>
            {t.admin.createUser}
          </Button>
        </>
      }
    >
      <Stack>
        {enable.isError && <ProblemBox error={enable.error} />}
        <Loaded of={users}>
          {({ items }) => (
            <DataTable
              label={t.shell.adminPages.users}
              columns={columns}
              rows={isPlace ? items.filter((user) => user.grants.some(isThere)) : items}
              rowKey={(row) => row.id}
              tone={(row) => (row.disabled ? 'muted' : undefined)}
              empty={<Empty title={t.admin.noUser} />}
            />
          )}
        </Loaded>
      </Stack>
      {editing && (
        <UserPanel {...(editing !== 'new' && { user: editing })} onClose={() => setEditing(undefined)} />
      )}
    </Section>
  );
}
