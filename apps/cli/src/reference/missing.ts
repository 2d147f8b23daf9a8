import type { ErrorText } from '@sluice/core';
import type { Namespace } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { CliError } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';
import { nearest } from '../failure/nearest.ts';
import { ServerError } from '../failure/server-error.ts';

export type Missing =
  | 'environment'
  | 'app'
  | 'namespace'
  | 'key'
  | 'instance'
  | 'push'
  | 'group'
  | 'rule'
  | 'resource'
  | 'decision'
  | 'script'
  | 'token'
  | 'user'
  | 'drill'
  | 'drill template';

const words: Readonly<Record<Missing, { en: string; zh: string }>> = {
  environment: { en: 'environment', zh: '环境' },
  app: { en: 'app', zh: '应用' },
  namespace: { en: 'namespace', zh: '命名空间' },
  key: { en: 'key', zh: '配置项' },
  instance: { en: 'instance', zh: '实例' },
  push: { en: 'push', zh: '推送' },
  group: { en: 'group', zh: '分组' },
  rule: { en: 'rule', zh: '规则' },
  resource: { en: 'resource', zh: '资源' },
  decision: { en: 'decision', zh: '拦截记录' },
  script: { en: 'script', zh: '脚本' },
  token: { en: 'token', zh: '令牌' },
  user: { en: 'user', zh: '用户' },
  drill: { en: 'drill', zh: '演练' },
  'drill template': { en: 'drill template', zh: '演练模板' },
};

/** Something that was named and isn't there, with the nearest name that is. `more` is what else could be done. */
export function missing(
  kind: Missing,
  name: string,
  place: string,
  known: readonly string[],
  more?: ErrorText,
): CliError {
  const near = nearest(name, known);
  const listed = known.slice(0, 10).join(', ') + (known.length > 10 ? ', ...' : '');
  return new CliError(
    `unknown_${kind.replaceAll(' ', '_')}`,
    exitCode.failure,
    {
      what: {
        en: 'There is no {word} "{name}" in {place}, or you may not see it.',
        zh: '{place} 中没有{word}“{name}”，或者你无权查看。',
      },
      still: { en: 'Nothing was changed.', zh: '没有任何更改。' },
      todo: near
        ? { en: 'Did you mean "{near}"?{also}', zh: '你是不是要找“{near}”？{also}' }
        : unguided(known, more),
    },
    { name, place, word: words[kind], near: near ?? '', listed, more: more ?? '', also: also(more) },
  );
}

/** The rest of advice, behind a sentence. */
const also = (more: ErrorText | undefined): ErrorText =>
  more ? { en: ` ${more.en}`, zh: more.zh } : { en: '', zh: '' };

/** What to do when no name is near. */
function unguided(known: readonly string[], more: ErrorText | undefined): ErrorText {
  if (known.length > 0) return { en: 'There are: {listed}.{also}', zh: '现有：{listed}。{also}' };
  return more
    ? { en: '{more}', zh: '{more}' }
    : { en: 'There is none that you may see.', zh: '没有你可以查看的。' };
}

/**
 * Runs a question about an app, or with '' about an environment; when the server knows nothing there, says whether the
 * environment or the app is wrong.
 */
export async function inApp<T>(context: Context, app: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ServerError && error.status === 404) await explainMissing(context, app);
    throw error;
  }
}

async function explainMissing(context: Context, app: string): Promise<void> {
  const api = await context.api();
  const environment = await context.environment();
  const server = (await context.settings()).server.host;
  const environments = (await api.call(contracts.listEnvironments)).items.map((e) => e.name);
  if (!environments.includes(environment)) throw missing('environment', environment, server, environments);
  if (app === '') return;
  const apps = (await api.call(contracts.listApps)).items.map((a) => a.name);
  if (!apps.includes(app)) throw missing('app', app, server, apps);
}

/** The namespaces of an app in the chosen environment. */
export async function namespacesOf(context: Context, app: string): Promise<Namespace[]> {
  const [api, env] = [await context.api(), await context.environment()];
  const { items } = await inApp(context, app, () =>
    api.call(contracts.listNamespaces, { params: { env, app } }),
  );
  return items;
}
