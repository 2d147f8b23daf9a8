import type { Push } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { ServerError } from '../failure/server-error.ts';
import { inApp, missing } from '../reference/missing.ts';

/** `<app> <id>`, or `<id>` alone, which is then looked for in every app that can be seen. */
export async function findPush(context: Context, words: readonly string[]): Promise<Push> {
  const [api, env] = [await context.api(), await context.environment()];
  const [app, id] = words.length > 1 ? [words[0]!, words[1]!] : [undefined, words[0]!];
  const apps = app === undefined ? await appNames(context) : [app];
  const found = await Promise.all(
    apps.map(async (name) => {
      try {
        return await inApp(context, name, () =>
          api.call(contracts.getPush, { params: { env, app: name, push: id } }),
        );
      } catch (error) {
        if (error instanceof ServerError && [403, 404].includes(error.status)) return undefined;
        throw error;
      }
    }),
  );
  const push = found.find((p) => p !== undefined);
  if (push) return push;
  throw missing('push', id, app === undefined ? env : `${app} (${env})`, [], {
    en: 'See "sluice push ls".',
    zh: '请查看 "sluice push ls"。',
  });
}

/** Names of the apps that can be seen. */
export async function appNames(context: Context): Promise<string[]> {
  const { items } = await (await context.api()).call(contracts.listApps);
  return items.map((a) => a.name);
}

/** The parts of a push's path. */
export const pushParams = (push: Push): { env: string; app: string; push: string } => ({
  env: push.environment,
  app: push.app,
  push: push.id,
});
