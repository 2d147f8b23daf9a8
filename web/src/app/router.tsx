import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { NotFound } from './not-found.tsx';
import { PageError } from './page-error.tsx';
import { parseSearch, stringifySearch, textsOf } from './search.ts';
import { StartPage } from './start-page.tsx';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: PageError });

const setup = createRoute({
  getParentRoute: () => root,
  path: 'setup',
  validateSearch: textsOf('token'),
  component: lazyRouteComponent(() => import('../features/sign-in/setup-page.tsx'), 'SetupPage'),
});
const login = createRoute({
  getParentRoute: () => root,
  path: 'login',
  validateSearch: textsOf('token', 'next'),
  component: lazyRouteComponent(() => import('../features/sign-in/login-page.tsx'), 'LoginPage'),
});

/** Everything behind the sign-in, inside the frame with navigation and top bar. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  notFoundComponent: NotFound,
  component: lazyRouteComponent(() => import('./shell/shell.tsx'), 'Shell'),
});
const start = createRoute({ getParentRoute: () => shell, path: '/', component: StartPage });

const environment = createRoute({
  getParentRoute: () => shell,
  path: 'environments/$env',
  component: lazyRouteComponent(() => import('./shell/in-environment.tsx'), 'InEnvironment'),
  notFoundComponent: NotFound,
});
const overview = createRoute({
  getParentRoute: () => environment,
  path: '/',
  component: lazyRouteComponent(() => import('../features/overview/overview-page.tsx'), 'OverviewPage'),
});
const apps = createRoute({
  getParentRoute: () => environment,
  path: 'apps',
  validateSearch: textsOf('q'),
  component: lazyRouteComponent(() => import('../features/apps/apps-page.tsx'), 'AppsPage'),
});
const changes = createRoute({
  getParentRoute: () => environment,
  path: 'changes',
  validateSearch: textsOf('app', 'before', 'kind', 'actor'),
  component: lazyRouteComponent(() => import('../features/changes/changes-page.tsx'), 'ChangesPage'),
});
const incident = createRoute({
  getParentRoute: () => environment,
  path: 'incident',
  validateSearch: textsOf('span', 'at', 'app', 'only'),
  component: lazyRouteComponent(() => import('../features/incident/incident-page.tsx'), 'IncidentPage'),
});

const alerts = createRoute({
  getParentRoute: () => environment,
  path: 'alerts',
  validateSearch: textsOf('view', 'state', 'app', 'before'),
  component: lazyRouteComponent(() => import('../features/alerts/alerts-page.tsx'), 'AlertsPage'),
});

const app = createRoute({
  getParentRoute: () => environment,
  path: 'apps/$app',
  component: lazyRouteComponent(() => import('../features/apps/app-layout.tsx'), 'AppLayout'),
});
const appNamespaces = createRoute({
  getParentRoute: () => app,
  path: '/',
  component: lazyRouteComponent(() => import('../features/apps/namespaces-tab.tsx'), 'NamespacesTab'),
});
const appInstances = createRoute({
  getParentRoute: () => app,
  path: 'instances',
  validateSearch: textsOf('q', 'state', 'sort', 'up'),
  component: lazyRouteComponent(() => import('../features/instances/instances-tab.tsx'), 'InstancesTab'),
});
const appPushes = createRoute({
  getParentRoute: () => app,
  path: 'pushes',
  validateSearch: textsOf('namespace', 'state', 'before'),
  component: lazyRouteComponent(() => import('../features/pushes/pushes-tab.tsx'), 'PushesTab'),
});
const appGroups = createRoute({
  getParentRoute: () => app,
  path: 'groups',
  validateSearch: textsOf('edit'),
  component: lazyRouteComponent(() => import('../features/apps/groups/groups-tab.tsx'), 'GroupsTab'),
});
const appResources = createRoute({
  getParentRoute: () => app,
  path: 'resources',
  validateSearch: textsOf('q', 'type', 'sort', 'up', 'decision'),
  component: lazyRouteComponent(() => import('../features/resources/resources-tab.tsx'), 'ResourcesTab'),
});
const appDrills = createRoute({
  getParentRoute: () => app,
  path: 'drills',
  validateSearch: textsOf('before'),
  component: lazyRouteComponent(() => import('../features/drills/drills-tab.tsx'), 'DrillsTab'),
});
const appConnect = createRoute({
  getParentRoute: () => app,
  path: 'connect',
  component: lazyRouteComponent(() => import('../features/apps/connect-tab.tsx'), 'ConnectTab'),
});

const instance = createRoute({
  getParentRoute: () => environment,
  path: 'apps/$app/instances/$instance',
  validateSearch: textsOf('ns', 'key', 'at', 'set'),
  component: lazyRouteComponent(() => import('../features/instances/instance-page.tsx'), 'InstancePage'),
});
const resource = createRoute({
  getParentRoute: () => environment,
  path: 'apps/$app/resource',
  validateSearch: textsOf('name', 'type', 'span', 'decision'),
  component: lazyRouteComponent(() => import('../features/resources/resource-page.tsx'), 'ResourcePage'),
});
const newDrill = createRoute({
  getParentRoute: () => environment,
  path: 'apps/$app/drills/new',
  validateSearch: textsOf('template', 'of', 'edit'),
  component: lazyRouteComponent(() => import('../features/drills/design-page.tsx'), 'DesignPage'),
});
const drill = createRoute({
  getParentRoute: () => environment,
  path: 'apps/$app/drills/$drill',
  component: lazyRouteComponent(() => import('../features/drills/drill-page.tsx'), 'DrillPage'),
});
const push = createRoute({
  getParentRoute: () => environment,
  path: 'apps/$app/pushes/$push',
  validateSearch: textsOf('as', 'only', 'sort', 'up'),
  component: lazyRouteComponent(() => import('../features/pushes/push-page.tsx'), 'PushPage'),
});

const publish = createRoute({
  getParentRoute: () => environment,
  path: 'apps/$app/publish',
  validateSearch: textsOf(
    ...([
      'ns',
      'also',
      'step',
      'mode',
      'by',
      'steps',
      'count',
      'ids',
      'select',
      'group',
      'instance',
    ] as const),
    ...(['expires', 'bake', 'auto', 'health', 'two', 'grays', 'off', 'rails'] as const),
  ),
  component: lazyRouteComponent(() => import('../features/publish/publish-page.tsx'), 'PublishPage'),
});

const namespace = createRoute({
  getParentRoute: () => environment,
  path: 'apps/$app/namespaces/$ns',
  component: lazyRouteComponent(
    () => import('../features/namespace/namespace-layout.tsx'),
    'NamespaceLayout',
  ),
});
const namespaceValues = createRoute({
  getParentRoute: () => namespace,
  path: '/',
  validateSearch: textsOf('q', 'who', 'rule'),
  component: lazyRouteComponent(() => import('../features/namespace/values/values-tab.tsx'), 'ValuesTab'),
});
const namespaceHistory = createRoute({
  getParentRoute: () => namespace,
  path: 'history',
  validateSearch: textsOf('release', 'before'),
  component: lazyRouteComponent(() => import('../features/namespace/history/history-tab.tsx'), 'HistoryTab'),
});
const namespaceSettings = createRoute({
  getParentRoute: () => namespace,
  path: 'settings',
  component: lazyRouteComponent(() => import('../features/namespace/settings-tab.tsx'), 'SettingsTab'),
});

const story = createRoute({
  getParentRoute: () => shell,
  path: 'story',
  component: lazyRouteComponent(() => import('../features/story/story-page.tsx'), 'StoryPage'),
});

const admin = createRoute({
  getParentRoute: () => shell,
  path: 'admin',
  component: lazyRouteComponent(() => import('../features/admin/admin-layout.tsx'), 'AdminLayout'),
});
const adminStart = createRoute({
  getParentRoute: () => admin,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/admin/users' });
  },
});
const adminUsers = createRoute({
  getParentRoute: () => admin,
  path: 'users',
  validateSearch: textsOf('environment', 'app'),
  component: lazyRouteComponent(() => import('../features/admin/users-tab.tsx'), 'UsersTab'),
});
const adminTokens = createRoute({
  getParentRoute: () => admin,
  path: 'tokens',
  validateSearch: textsOf('environment', 'app', 'q'),
  component: lazyRouteComponent(() => import('../features/admin/tokens-tab.tsx'), 'TokensTab'),
});
const adminRoles = createRoute({
  getParentRoute: () => admin,
  path: 'roles',
  component: lazyRouteComponent(() => import('../features/admin/roles-tab.tsx'), 'RolesTab'),
});
const adminSessions = createRoute({
  getParentRoute: () => admin,
  path: 'sessions',
  component: lazyRouteComponent(() => import('../features/admin/sessions-tab.tsx'), 'SessionsTab'),
});
const adminNodes = createRoute({
  getParentRoute: () => admin,
  path: 'nodes',
  component: lazyRouteComponent(() => import('../features/admin/nodes-tab.tsx'), 'NodesTab'),
});
const adminEnvironments = createRoute({
  getParentRoute: () => admin,
  path: 'environments',
  component: lazyRouteComponent(() => import('../features/admin/environments-tab.tsx'), 'EnvironmentsTab'),
});
const adminAudit = createRoute({
  getParentRoute: () => admin,
  path: 'audit',
  validateSearch: textsOf('environment', 'app', 'actor', 'action', 'since', 'before'),
  component: lazyRouteComponent(() => import('../features/admin/audit-tab.tsx'), 'AuditTab'),
});

const tree = root.addChildren([
  setup,
  login,
  shell.addChildren([
    start,
    environment.addChildren([
      overview,
      apps,
      changes,
      incident,
      alerts,
      app.addChildren([
        appNamespaces,
        appInstances,
        appPushes,
        appGroups,
        appResources,
        appDrills,
        appConnect,
      ]),
      instance,
      resource,
      newDrill,
      drill,
      push,
      publish,
      namespace.addChildren([namespaceValues, namespaceHistory, namespaceSettings]),
    ]),
    story,
    admin.addChildren([
      adminStart,
      adminUsers,
      adminRoles,
      adminTokens,
      adminSessions,
      adminEnvironments,
      adminNodes,
      adminAudit,
    ]),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultErrorComponent: PageError,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
