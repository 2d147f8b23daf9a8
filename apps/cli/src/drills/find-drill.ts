import type { Drill } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import { inApp, missing } from '../reference/missing.ts';

const leastLetters = 6;
const page = '200';

export interface DrillParams {
  readonly env: string;
  readonly app: string;
  readonly drill: string;
}

/** The drill of an app with this id, or the only one whose id begins so. */
export async function findDrill(context: Context, app: string, word: string): Promise<Drill> {
  const [api, env] = [await context.api(), await context.environment()];
  const { items } = await inApp(context, app, () =>
    api.call(contracts.listDrills, { params: { env, app }, query: { limit: page } }),
  );
  const id = word.toLowerCase();
  const found = items.filter(({ drillId }) =>
    id.length >= leastLetters ? drillId.startsWith(id) : drillId === id,
  );
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    throw usageError(
      { en: '{id} is the beginning of {count} ids.', zh: '{id} 是 {count} 个 ID 的开头。' },
      { en: 'Write more of it.', zh: '请输入更多字符。' },
      { id, count: found.length },
    );
  throw missing('drill', word, `${app} (${env})`, [], {
    en: `See "sluice drill ls ${app}".`,
    zh: `请查看 "sluice drill ls ${app}"。`,
  });
}

export async function drillParams(context: Context, app: string, word: string): Promise<DrillParams> {
  const { drillId } = await findDrill(context, app, word);
  return { env: await context.environment(), app, drill: drillId };
}
