import type { Drill } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import { inApp, missing } from '../reference/missing.ts';

const leastLetters = 6;
const limit = '200';

export interface DrillParams {
  readonly env: string;
  readonly app: string;
  readonly drill: string;
}

const listed = async (context: Context, app: string): Promise<readonly Drill[]> => {
  const [api, env] = [await context.api(), await context.environment()];
  const all: Drill[] = [];
  let before: number | undefined;
  do {
    const query = { limit, ...(before !== undefined && { before: String(before) }) };
    const page = await inApp(context, app, () =>
      api.call(contracts.listDrills, { params: { env, app }, query }),
    );
    all.push(...page.items);
    before = page.next;
  } while (before !== undefined);
  return all;
};

/** Those with this id, or whose id begins so. */
function withId(items: readonly Drill[], word: string): readonly Drill[] {
  const id = word.toLowerCase();
  return items.filter(({ drillId }) => (id.length >= leastLetters ? drillId.startsWith(id) : drillId === id));
}

/** The drill of an app with this id, or the only one whose id begins so. */
export async function findDrill(context: Context, app: string, word: string): Promise<Drill> {
  return theOne(context, app, word, withId(await listed(context, app), word));
}

/** The same of those that were not started yet, also by the title. */
async function findDesign(context: Context, app: string, word: string): Promise<Drill> {
  const items = await listed(context, app);
  const byId = withId(items, word);
  if (byId.length > 0) return theOne(context, app, word, byId);
  const title = word.trim().toLowerCase();
  const titled = items.filter(
    (drill) => (drill.state === 'draft' || drill.state === 'preCheck') && drill.title.toLowerCase() === title,
  );
  if (titled.length > 1)
    throw usageError(
      { en: '{count} designs have the title "{title}".', zh: '有 {count} 个设计的标题是“{title}”。' },
      { en: 'Name one by its id: {ids}.', zh: '请用 ID 指定其中一个：{ids}。' },
      {
        title: word,
        count: titled.length,
        ids: titled.map(({ drillId }) => drillId.slice(0, 8)).join(', '),
      },
    );
  return theOne(context, app, word, titled);
}

async function theOne(context: Context, app: string, word: string, found: readonly Drill[]): Promise<Drill> {
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    throw usageError(
      { en: '{id} is the beginning of {count} ids.', zh: '{id} 是 {count} 个 ID 的开头。' },
      { en: 'Write more of it.', zh: '请输入更多字符。' },
      { id: word.toLowerCase(), count: found.length },
    );
  throw missing('drill', word, `${app} (${await context.environment()})`, [], {
    en: `See "sluice drill ls ${app}".`,
    zh: `请查看 "sluice drill ls ${app}"。`,
  });
}

export async function drillParams(context: Context, app: string, word: string): Promise<DrillParams> {
  const { drillId } = await findDrill(context, app, word);
  return { env: await context.environment(), app, drill: drillId };
}

/** Of a design that is stored and was not started: by its id or its title. */
export async function designParams(context: Context, app: string, word: string): Promise<DrillParams> {
  const { drillId } = await findDesign(context, app, word);
  return { env: await context.environment(), app, drill: drillId };
}
