import { Outlet } from '@tanstack/react-router';
import { useText } from '../../lib/i18n/language.ts';
import { Page } from '../../ui/page.tsx';
import { TabLinks } from '../../ui/tabs.tsx';

export function AdminLayout() {
  const t = useText();
  return (
    <Page name={t.shell.admin} title={t.shell.admin}>
      <TabLinks
        label={t.shell.admin}
        tabs={(['users', 'roles', 'tokens', 'sessions', 'environments', 'nodes', 'audit'] as const).map(
          (page) => ({
            key: page,
            label: t.shell.adminPages[page],
            link: { to: `/admin/${page}` },
          }),
        )}
      />
      <Outlet />
    </Page>
  );
}
