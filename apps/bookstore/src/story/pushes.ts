import { appPath, type Stage } from './stage.ts';
import { until } from './until.ts';

/** A push, as far as the story looks at it. */
export interface Push {
  readonly id: string;
  readonly state: string;
  readonly namespaces: readonly { readonly name: string }[];
  readonly ended?: {
    readonly reason: string;
    readonly because?: { readonly en: string; readonly zh: string };
  };
  readonly verdict: { readonly holding: number; readonly targets: number; readonly lastAppliedMs?: number };
}

const provenMs = 60_000;

/** The first letters of an id, as the command line takes them. */
export const short = (id: string): string => id.slice(0, 8);

export const readPush = (stage: Stage, id: string): Promise<Push> =>
  stage.api.get<Push>(`${appPath(stage)}/pushes/${id}`);

/** Waits until every target has proven that it holds the push. */
export const proven = (stage: Stage, id: string): Promise<Push> =>
  until(
    stage,
    (t) => t.notProven(short(id)),
    provenMs,
    async () => {
      const push = await readPush(stage, id);
      return push.verdict.targets > 0 && push.verdict.holding === push.verdict.targets ? push : undefined;
    },
  );

export async function startPush(
  stage: Stage,
  change: { readonly namespace: string; readonly set: Readonly<Record<string, object>> },
  target: object,
  said: { readonly message: string; readonly expiresInMs?: number },
): Promise<Push> {
  const { namespace, set } = change;
  const { revision } = await stage.api.get<{ revision: number }>(`${appPath(stage)}/namespaces/${namespace}`);
  return stage.api.post<Push>(`${appPath(stage)}/pushes`, {
    changes: [{ namespace, base: revision, changes: { set } }],
    target,
    ...said,
  });
}

export async function releaseItems(
  stage: Stage,
  app: string,
  namespace: string,
  set: Readonly<Record<string, object>>,
  message: string,
): Promise<Push> {
  const path = `${appPath(stage, app)}/namespaces/${namespace}`;
  const { etag } = await stage.api.get<{ etag: string }>(path);
  const { push } = await stage.api.post<{ push: Push }>(
    `${path}/releases`,
    { changes: { set }, message },
    etag,
  );
  return push;
}

/** Takes back what an earlier play has left in force for some instances. */
export async function tidy(stage: Stage, message: string): Promise<void> {
  const touched = new Set(['shop', 'calls', 'robots']);
  const { items } = await stage.api.get<{ items: readonly Push[] }>(
    `${appPath(stage)}/pushes?state=inForce&limit=100`,
  );
  for (const push of items)
    if (push.namespaces.some(({ name }) => touched.has(name)))
      await stage.api.post(`${appPath(stage)}/pushes/${push.id}/abandon`, { message });
}
