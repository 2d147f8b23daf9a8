import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { ServerError } from '../failure/server-error.ts';
import { inApp, missing } from './missing.ts';

/** Runs a question about one instance; when the server knows none, says which name was probably meant. */
export async function knownInstance<T>(
  context: Context,
  app: string,
  instance: string,
  ask: () => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ServerError) || error.status !== 404) throw error;
    const [api, env] = [await context.api(), await context.environment()];
    const { items } = await inApp(context, app, () =>
      api.call(contracts.listInstances, { params: { env, app } }),
    );
    const ids = items.map((i) => i.instanceId);
    throw ids.includes(instance) ? error : missing('instance', instance, `${app} (${env})`, ids);
  }
}
