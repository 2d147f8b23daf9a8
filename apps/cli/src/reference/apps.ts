import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { ServerError } from '../failure/server-error.ts';
import { inApp } from './missing.ts';

/** Names of the apps that can be seen. */
async function appNames(context: Context): Promise<string[]> {
  const { items } = await (await context.api()).call(contracts.listApps);
  return items.map((a) => a.name);
}

/**
 * What an app answers, or each that can be seen where none is named; nothing of those that know nothing. One of several
 * may be out of bounds; where all of them are, that is the answer.
 */
export async function askApps<T>(
  context: Context,
  app: string | undefined,
  ask: (app: string) => Promise<T>,
): Promise<T[]> {
  const apps = app === undefined ? await appNames(context) : [app];
  const refusals: ServerError[] = [];
  const answers = await Promise.all(
    apps.map(async (name) => {
      try {
        return [await inApp(context, name, () => ask(name))];
      } catch (error) {
        if (!(error instanceof ServerError) || ![403, 404].includes(error.status)) throw error;
        if (error.status === 403) refusals.push(error);
        return [];
      }
    }),
  );
  if (refusals[0] && refusals.length === apps.length) throw refusals[0];
  return answers.flat();
}
