import type { Content } from '@sluice/core';
import type { BodyInputOf, Contracts, NamespaceDetail, Released } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { inDelivery } from '../delivery/refusal.ts';
import { ServerError } from '../failure/server-error.ts';

export interface Publication {
  readonly body: BodyInputOf<Contracts['publish']>;
  /** What the namespace shall hold, for the comparison when somebody else was faster. */
  readonly after: Content;
}

/** Releases a change that is based on exactly what was read; a base that moved shows all three versions. */
export async function publishOne(
  context: Context,
  base: NamespaceDetail,
  env: string,
  { body, after }: Publication,
): Promise<Released> {
  const params = { env, app: base.app, ns: base.name };
  return orThreeWay(context, base, env, after, () =>
    inDelivery(context, { app: base.app, env, act: 'pushAll' }, async () =>
      (await context.api()).call(contracts.publish, { params, ifMatch: base.etag, body }),
    ),
  );
}

/** Runs a write; when its base moved, fetches what is live now and adds the comparison to the refusal. */
export async function orThreeWay<T>(
  context: Context,
  base: NamespaceDetail,
  env: string,
  yours: Content,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof ServerError) || error.status !== 412) throw error;
    const params = { env, app: base.app, ns: base.name };
    const now = await (await context.api()).call(contracts.getNamespace, { params });
    const { withThreeWay } = await import('./conflict.ts');
    throw withThreeWay(context, error, base.name, { base: base.target, yours, theirs: now.target });
  }
}
