import { type Api, contracts } from '../api/api.ts';
import { usageError } from '../failure/cli-error.ts';

/** The one environment that can be seen. With several, somebody has to say which one is meant. */
export async function onlyEnvironment(api: Api): Promise<string> {
  const { items } = await api.call(contracts.listEnvironments);
  if (items.length === 1) return items[0]!.name;
  if (items.length === 0)
    throw usageError(
      { en: 'There is no environment that you may see.', zh: '没有你可以查看的环境。' },
      {
        en: 'Ask an administrator for a role in one, or create one in the console.',
        zh: '请向管理员申请某个环境的角色，或在控制台创建环境。',
      },
    );
  throw usageError(
    { en: 'Which environment? There are {names}.', zh: '请指定环境，可选：{names}。' },
    { en: 'Name one with --env or SLUICE_ENV.', zh: '请用 --env 或 SLUICE_ENV 指定。' },
    { names: items.map((e) => e.name).join(', ') },
  );
}
