import { contracts, type Instance, type Push, type PushInstance } from '@sluice/protocol';
import type { LiveUpdate } from '@sluice/protocol/console';
import type { QueryClient } from '@tanstack/react-query';
import { keyOf } from '../transport.ts';
import { merged } from './merged.ts';
import { patchDrills } from './patch-drills.ts';
import { patchKill } from './patch-kill.ts';
import { patchTraffic } from './patch-traffic.ts';
import { refreshLate, refreshSoon } from './refresh.ts';

/** What counts instances or says what they hold. */
const ofInstances = [
  'overview',
  'listAppsOf',
  'getLiveValues',
  'getKeySpread',
  'getInstance',
  'explainInstance',
  'instanceTimeline',
  'listGroups',
  'survivability',
];
const ofPushes = ['overview', 'getIncident', 'listPushes', 'listGroups', 'explainInstance'];
const ofReleases = [
  'overview',
  'listAppsOf',
  'listChanges',
  'getIncident',
  'listNamespaces',
  'getNamespace',
  'getDraft',
  'getLiveValues',
  'getKeySpread',
  'instanceTimeline',
  'listHistory',
  'listPushes',
  'getInstance',
  'explainInstance',
];

/** Puts a live update into the cache, and asks again for what it only hints at. */
export function patchCache(client: QueryClient, update: LiveUpdate): void {
  const { environment } = update.topic;
  const app = 'app' in update.topic ? update.topic.app : undefined;
  const place = { environment, ...(app !== undefined && { app }) };

  if (update.instances?.length || update.gone?.length) {
    patchInstances(client, environment, app, update.instances ?? [], update.gone ?? []);
    refreshSoon({ ...place, operations: ofInstances });
  }
  if (update.kill?.length) {
    patchKill(client, environment, update.kill);
    refreshLate({ environment, operations: ['getKill'] });
  }
  if (update.topic.of === 'traffic') patchTraffic(client, update.topic, update);
  for (const push of update.pushes ?? []) patchPush(client, push);
  patchDrills(client, update);
  if (update.pushes?.length) refreshSoon({ ...place, operations: ofPushes });
  if (update.released?.length) refreshSoon({ ...place, operations: ofReleases });
  if (update.topic.of === 'push' && update.pushInstances?.length) {
    const { app: ofApp, push } = update.topic;
    const news = update.pushInstances;
    client.setQueryData<{ items: PushInstance[] }>(
      keyOf(contracts.listPushInstances, { params: { env: environment, app: ofApp, push } }),
      (old) => old && { items: merged(old.items, news, (each) => each.instanceId) },
    );
  }
}

function patchInstances(
  client: QueryClient,
  env: string,
  only: string | undefined,
  instances: readonly Instance[],
  gone: readonly string[],
): void {
  const apps = new Set([...(only === undefined ? [] : [only]), ...instances.map((each) => each.app)]);
  for (const app of apps)
    client.setQueryData<{ items: Instance[] }>(
      keyOf(contracts.listInstances, { params: { env, app } }),
      (old) =>
        old && {
          items: merged(
            old.items,
            instances.filter((each) => each.app === app),
            (each) => each.instanceId,
            gone,
          ),
        },
    );
}

/** What arrives live is told of one app alone: what a push is to others stays as it was last read. */
function withLinks(push: Push, before: Push | undefined): Push {
  const { through, linked } = before ?? {};
  return { ...push, ...(through && { through }), ...(linked && { linked }) };
}

function patchPush(client: QueryClient, push: Push): void {
  const place = { env: push.environment, app: push.app };
  client.setQueryData<Push>(keyOf(contracts.getPush, { params: { ...place, push: push.id } }), (old) =>
    withLinks(push, old),
  );
  client.setQueriesData<{ items: Push[] }>(
    {
      predicate: ({ queryKey: [operation, params] }) =>
        operation === 'listPushes' && samePlace(params, place),
    },
    (old) =>
      old && { ...old, items: old.items.map((each) => (each.id === push.id ? withLinks(push, each) : each)) },
  );
}

function samePlace(params: unknown, place: { env: string; app: string }): boolean {
  const p = params as { env?: string; app?: string };
  return p.env === place.env && p.app === place.app;
}
