import { type Api, ApiError } from './api.ts';
import type { SeedApp, SeedContent, SeedNamespace } from './seed-app.ts';
import { environments, seedApps } from './seed-plan.ts';

/** Fills a new server. Interrupted, it goes on where it stopped: what exists is left as it is. */
export async function seed(api: Api): Promise<void> {
  for (const name of Object.values(environments)) await create(api, '/environments', { name });
  for (const app of seedApps) {
    await create(api, '/apps', { name: app.name, title: app.title, owner: app.owner });
    for (const namespace of app.namespaces) await playHistory(api, app, namespace);
    await copyToOther(api, app);
  }
}

async function playHistory(api: Api, app: SeedApp, namespace: SeedNamespace): Promise<void> {
  const namespaces = `/environments/${environments.fleet}/apps/${app.name}/namespaces`;
  const content = newest(namespace);
  await create(api, namespaces, {
    name: namespace.name,
    kind: content.kind,
    ...(content.kind === 'document' && { format: content.format }),
    description: namespace.description,
    schema: namespace.schema ?? null,
  });
  const path = `${namespaces}/${namespace.name}`;
  let { etag, live } = await api.get<{ etag: string; live?: { number: number } }>(path);
  for (const release of namespace.history.slice(live?.number ?? 0))
    ({ etag } = await api.post<{ etag: string }>(`${path}/releases`, release, etag));
}

/** The other environment starts from what is live in the fleet's, in one revision. */
async function copyToOther(api: Api, app: SeedApp): Promise<void> {
  await api.post(`/environments/${environments.other}/apps/${app.name}/import`, {
    message: `Copied from ${environments.fleet}`,
    namespaces: app.namespaces.map((namespace) => {
      const content = newest(namespace);
      return {
        name: namespace.name,
        kind: content.kind,
        ...(content.kind === 'document' && { format: content.format }),
        description: namespace.description,
        schema: namespace.schema ?? null,
        content,
      };
    }),
  });
}

function newest(namespace: SeedNamespace): SeedContent {
  const last = namespace.history.at(-1);
  if (!last) throw new Error(`the namespace ${namespace.name} has no first content`);
  return last.content;
}

async function create(api: Api, path: string, body: unknown): Promise<void> {
  try {
    await api.post(path, body);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'already_exists') throw error;
  }
}
