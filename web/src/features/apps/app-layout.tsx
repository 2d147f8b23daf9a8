import { contracts } from '@sluice/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useParams } from '@tanstack/react-router';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { useWatch } from '../../lib/live/link.ts';
import { read } from '../../lib/transport.ts';
import { Badge } from '../../ui/badge.tsx';
import { Empty } from '../../ui/empty.tsx';
import { Page } from '../../ui/page.tsx';
import { TabLinks } from '../../ui/tabs.tsx';

/** An app in an environment: its head and its tabs. */
export function AppLayout() {
  const t = useDeliveryText();
  const { env, app } = useParams({ from: '/shell/environments/$env/apps/$app' });
  useWatch({ of: 'app', environment: env, app });
  const apps = useQuery(read(contracts.listAppsOf, { params: { env } }));
  const overview = apps.data?.items.find((each) => each.name === app);
  const params = { env, app };
  // What was read before this page was opened may not know the app yet.
  if (apps.isFetchedAfterMount && apps.data && !overview)
    return (
      <Empty
        title={t.apps.noSuch(app, env)}
        action={
          <Link to="/environments/$env/apps" params={{ env }}>
            {t.apps.toAll}
          </Link>
        }
      >
        {t.apps.noSuchHint}
      </Empty>
    );
  return (
    <Page
      name={app}
      title={app}
      above={
        <Link to="/environments/$env/apps" params={{ env }}>
          {t.shell.apps}
        </Link>
      }
      aside={
        overview && (
          <>
            {overview.title && <span className="quiet">{overview.title}</span>}
            <Badge tone={overview.instancesOnline > 0 ? 'ok' : 'idle'} sign="●">
              {t.apps.onlineCount(overview.instancesOnline)}
            </Badge>
            {overview.instancesDiffering > 0 && (
              <Badge tone="warn" sign="≠">
                {t.apps.differing(overview.instancesDiffering)}
              </Badge>
            )}
            {overview.owner && <span className="quiet">{t.apps.ownedBy(overview.owner)}</span>}
          </>
        )
      }
    >
      <TabLinks
        label={app}
        tabs={[
          { key: 'ns', label: t.apps.namespaces, link: { to: '/environments/$env/apps/$app', params } },
          {
            key: 'instances',
            label: t.apps.instances,
            link: { to: '/environments/$env/apps/$app/instances', params },
          },
          {
            key: 'pushes',
            label: t.apps.pushes,
            link: { to: '/environments/$env/apps/$app/pushes', params },
          },
          {
            key: 'groups',
            label: t.groups.title,
            link: { to: '/environments/$env/apps/$app/groups', params },
          },
          {
            key: 'resources',
            label: t.apps.resources,
            link: { to: '/environments/$env/apps/$app/resources', params },
          },
          {
            key: 'drills',
            label: t.shell.drills,
            link: { to: '/environments/$env/apps/$app/drills', params },
          },
          {
            key: 'connect',
            label: t.apps.connect,
            link: { to: '/environments/$env/apps/$app/connect', params },
          },
        ]}
      />
      <Outlet />
    </Page>
  );
}
