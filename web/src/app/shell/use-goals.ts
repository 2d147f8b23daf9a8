import { contracts } from '@sluice/protocol';
import { useQueries, useQuery } from '@tanstack/react-query';
import type { LinkProps } from '@tanstack/react-router';
import { useDeliveryText } from '../../lib/i18n/delivery/delivery-texts.ts';
import { switchLanguage, useLanguage } from '../../lib/i18n/language.ts';
import { chooseTheme, themeChoices } from '../../lib/theme.ts';
import { read } from '../../lib/transport.ts';
import { openKill } from '../../parts/open-kill.ts';
import type { NamespacePlace } from '../../parts/place.ts';

/** Something that the palette leads to, or does. */
export interface Goal {
  readonly key: string;
  readonly kind: string;
  readonly name: string;
  readonly does: { readonly link: LinkProps } | { readonly run: () => void };
}

/** Of so many apps, what lies in them can be found; more would be a request each. */
const searchedApps = 30;
/** Instances, resources and keys are asked for when somebody is looking for something. */
const searchFrom = 2;

interface Acts {
  readonly rollBack: (place: NamespacePlace) => void;
  readonly help: () => void;
}

/** Everything that can be gone to or done from here: pages and acts, apps, and what lies in them once it is looked for. */
export function useGoals(env: string | undefined, words: string, acts: Acts): Goal[] {
  const t = useDeliveryText();
  const here = { env: env ?? '' };
  const apps = useQuery({ ...read(contracts.listAppsOf, { params: here }), enabled: env !== undefined });
  const names = apps.data?.items.map((each) => each.name) ?? [];
  const isSearching = words.trim().length >= searchFrom;
  const searched = isSearching ? names.slice(0, searchedApps) : [];
  const lasting = { staleTime: 30_000 };
  const namespaces = useQueries({
    queries: names.map((app) => ({
      ...read(contracts.listNamespaces, { params: { ...here, app } }),
      ...lasting,
    })),
  }).flatMap((each) => each.data?.items ?? []);
  const instances = useQueries({
    queries: searched.map((app) => ({
      ...read(contracts.listInstances, { params: { ...here, app } }),
      ...lasting,
    })),
  }).flatMap((each) => each.data?.items ?? []);
  const resources = useQueries({
    queries: searched.map((app) => ({
      ...read(contracts.listResources, { params: { ...here, app } }),
      ...lasting,
    })),
  }).flatMap((each, i) => (each.data?.items ?? []).map((row) => ({ ...row, app: searched[i]! })));
  const holding = namespaces.filter((ns) => ns.live && ns.kind !== 'document' && searched.includes(ns.app));
  const keys = useQueries({
    queries: holding.map((ns) => ({
      ...read(contracts.getNamespace, { params: { ...here, app: ns.app, ns: ns.name } }),
      ...lasting,
    })),
  }).flatMap(({ data }) =>
    data?.target && 'items' in data.target ? keysOf(data.app, data.name, data.target.items) : [],
  );
  const fixed = useFixedGoals(env, acts);
  if (env === undefined) return fixed;
  return [
    ...fixed,
    ...names.map((app): Goal => {
      const link: LinkProps = { to: '/environments/$env/apps/$app', params: { env, app } };
      return { key: `app ${app}`, kind: t.shell.app, name: app, does: { link } };
    }),
    ...namespaces.flatMap((ns): Goal[] => {
      const place = { env, app: ns.app, ns: ns.name };
      const name = `${ns.app} / ${ns.name}`;
      const link: LinkProps = { to: '/environments/$env/apps/$app/namespaces/$ns', params: place };
      const back = (ns.live?.number ?? 0) - 1;
      return [
        { key: `namespace ${name}`, kind: t.shell.namespace, name, does: { link } },
        ...(back < 1
          ? []
          : [
              {
                key: `rollback ${name}`,
                kind: t.shell.act,
                name: `${name}: ${t.rollback.open(back)}`,
                does: { run: () => acts.rollBack(place) },
              },
            ]),
      ];
    }),
    ...keys.map(({ app, ns, key }): Goal => {
      const link: LinkProps = {
        to: '/environments/$env/apps/$app/namespaces/$ns',
        params: { env, app, ns },
        search: { q: key },
      };
      return {
        key: `key ${app} ${ns} ${key}`,
        kind: t.shell.key,
        name: `${app} / ${ns}.${key}`,
        does: { link },
      };
    }),
    ...instances.map(({ app, instanceId: instance }): Goal => {
      const link: LinkProps = {
        to: '/environments/$env/apps/$app/instances/$instance',
        params: { env, app, instance },
      };
      return {
        key: `instance ${app} ${instance}`,
        kind: t.shell.instance,
        name: `${instance} · ${app}`,
        does: { link },
      };
    }),
    ...resources.map(({ app, resource, type }): Goal => {
      const link: LinkProps = {
        to: '/environments/$env/apps/$app/resource',
        params: { env, app },
        search: { name: resource, type },
      };
      return {
        key: `resource ${app} ${type} ${resource}`,
        kind: t.shell.resource,
        name: `${resource} · ${app}`,
        does: { link },
      };
    }),
  ];
}

const keysOf = (app: string, ns: string, items: object): { app: string; ns: string; key: string }[] =>
  Object.keys(items).map((key) => ({ app, ns, key }));

/** Pages and acts that are there whatever the server holds. */
function useFixedGoals(env: string | undefined, acts: Acts): Goal[] {
  const t = useDeliveryText();
  const language = useLanguage();
  const server = useQuery({ ...read(contracts.setupState), staleTime: Number.POSITIVE_INFINITY });
  const page = (key: string, name: string, link: LinkProps): Goal => ({
    key: `page ${key}`,
    kind: t.shell.page,
    name,
    does: { link },
  });
  const act = (key: string, name: string, run: () => void): Goal => ({
    key: `act ${key}`,
    kind: t.shell.act,
    name,
    does: { run },
  });
  const params = { env: env ?? '' };
  return [
    ...(env === undefined
      ? []
      : [
          page('overview', t.shell.overview, { to: '/environments/$env', params }),
          page('apps', t.shell.apps, { to: '/environments/$env/apps', params }),
          page('changes', t.shell.changes, { to: '/environments/$env/changes', params }),
          page('incident', t.shell.incident, { to: '/environments/$env/incident', params }),
          page('alerts', t.shell.alerts, { to: '/environments/$env/alerts', params }),
          act('kill', `${t.kill.open} …`, () => openKill('')),
        ]),
    ...(server.data?.demo ? [page('story', t.shell.story, { to: '/story' })] : []),
    ...(['users', 'roles', 'tokens', 'sessions', 'environments', 'nodes', 'audit'] as const).map((tab) =>
      page(`admin ${tab}`, `${t.shell.admin}: ${t.shell.adminPages[tab]}`, { to: `/admin/${tab}` }),
    ),
    act('language', t.shell.otherLanguage, () => void switchLanguage(language === 'zh' ? 'en' : 'zh')),
    ...themeChoices.map((each) =>
      act(`theme ${each}`, `${t.shell.themeLabel}: ${t.shell.theme[each]}`, () => chooseTheme(each)),
    ),
    act('help', t.keys.title, acts.help),
  ];
}
