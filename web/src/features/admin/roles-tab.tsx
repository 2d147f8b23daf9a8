import { contracts, type Permission, permissions, type Role, serverWide } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { useAdminText } from '../../lib/i18n/admin/admin-texts.ts';
import { read } from '../../lib/transport.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Loaded } from '../../ui/loaded.tsx';
import { Section } from '../../ui/page.tsx';
import { Stack } from '../../ui/stack.tsx';

/** What each role may do, as the server itself says it. */
export function RolesTab() {
  const t = useAdminText();
  const roles = useQuery(read(contracts.listRoles));
  const columnsOf = (items: readonly { role: Role; permissions: Permission[] }[]): Column<Permission>[] => [
    {
      key: 'permission',
      title: t.rolesPage.permission,
      cell: (permission) => (
        <>
          <code>{permission}</code>{' '}
          <span className="quiet">
            {t.permissions[permission]}
            {serverWide.has(permission) && ` (${t.rolesPage.wholeServer})`}
          </span>
        </>
      ),
    },
    ...items.map(({ role, permissions: has }) => ({
      key: role,
      title: t.roles[role],
      cell: (permission: Permission) => (
        <Mark role={t.roles[role]} permission={t.permissions[permission]} has={has.includes(permission)} />
      ),
    })),
  ];
  return (
    <Section flush title={t.rolesPage.title}>
      <Loaded of={roles}>
        {({ items }) => (
          <Stack>
            <DataTable
              label={t.rolesPage.title}
              columns={columnsOf(items)}
              rows={permissions}
              rowKey={(permission) => permission}
              empty={null}
            />
            <p className="quiet" style={{ padding: '8px 14px 10px' }}>
              {t.rolesPage.hint}
            </p>
          </Stack>
        )}
      </Loaded>
    </Section>
  );
}

function Mark(props: { readonly role: string; readonly permission: string; readonly has: boolean }) {
  const t = useAdminText().rolesPage;
  const { role, permission, has } = props;
  return (
    <>
      <span aria-hidden="true" className={has ? undefined : 'quiet'}>
        {has ? '✓' : '–'}
      </span>
      <span className="visually-hidden">{has ? t.has(role, permission) : t.hasNot(role, permission)}</span>
    </>
  );
}
