import type { NamespaceDetail } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { ServerError } from '../failure/server-error.ts';
import { missing, namespacesOf } from './missing.ts';

/** A namespace as it is now, or the name that was probably meant. */
export async function knownNamespace(context: Context, app: string, ns: string): Promise<NamespaceDetail> {
  const [api, env] = [await context.api(), await context.environment()];
  try {
    return await api.call(contracts.getNamespace, { params: { env, app, ns } });
  } catch (error) {
    if (!(error instanceof ServerError) || error.status !== 404) throw error;
    const names = (await namespacesOf(context, app)).map(({ name }) => name);
    throw names.includes(ns) ? error : missing('namespace', ns, `${app} (${env})`, names);
  }
}
