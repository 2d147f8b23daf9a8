import type { DrillComparison } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { drillParams, findDrill } from '../drills/find-drill.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';

/** `sluice drill report`: as Markdown for people, as data in the other formats. */
export async function reportDrill(context: Context, app: string, word: string): Promise<ExitCode> {
  const params = await drillParams(context, app, word);
  const api = await context.api();
  if (context.output.format !== 'table') {
    await context.output.one(await api.call(contracts.getDrillReport, { params }), () => '');
    return exitCode.ok;
  }
  const query = { language: context.language };
  context.output.raw((await api.call(contracts.getDrillMarkdown, { params, query })).markdown);
  return exitCode.ok;
}

/** `sluice drill compare`: beside an earlier run. */
export async function compareDrill(
  context: Context,
  app: string,
  word: string,
  flags: { readonly with?: string },
): Promise<ExitCode> {
  const params = await drillParams(context, app, word);
  const other = flags.with === undefined ? undefined : (await findDrill(context, app, flags.with)).drillId;
  const comparison = await (await context.api()).call(contracts.compareDrills, {
    params,
    query: other === undefined ? {} : { with: other },
  });
  if (context.output.format !== 'table') {
    await context.output.one(comparison, () => '');
    return exitCode.ok;
  }
  type Figure = DrillComparison['figures'][number];
  const value = (is: number | undefined): string => (is === undefined ? '-' : String(Number(is.toFixed(4))));
  const changes = {
    better: { en: 'better', zh: '变好' },
    worse: { en: 'worse', zh: '变差' },
    same: { en: 'same', zh: '相同' },
    unknown: { en: '-', zh: '-' },
  } as const;
  await context.output.list<Figure>(comparison.figures, [
    { head: { en: 'FIGURE', zh: '指标' }, cell: (each) => each.text[context.language] },
    { head: { en: 'BEFORE', zh: '之前' }, cell: (each) => value(each.before) },
    { head: { en: 'NOW', zh: '现在' }, cell: (each) => value(each.now) },
    { head: { en: 'CHANGE', zh: '变化' }, cell: (each) => context.say(changes[each.change]) },
  ]);
  if (comparison.changedFields.length > 0)
    context.output.note(
      context.say(
        { en: 'The design differs in: {fields}', zh: '设计不同之处：{fields}' },
        { fields: comparison.changedFields.join(', ') },
      ),
    );
  return exitCode.ok;
}
