import type { Drill, DrillTemplate } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { detailText, stateLine, stateTexts } from '../drills/drill-text.ts';
import { drillParams } from '../drills/find-drill.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { inApp, missing } from '../reference/missing.ts';

/** `sluice drill ls`. */
export async function listDrills(
  context: Context,
  app: string,
  flags: { readonly open?: boolean; readonly limit: number },
): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const { items } = await inApp(context, app, () =>
    api.call(contracts.listDrills, {
      params: { env, app },
      query: { limit: String(flags.limit), ...(flags.open && { state: 'open' as const }) },
    }),
  );
  await context.output.list<Drill>(items, [
    { head: { en: 'ID', zh: 'ID' }, cell: (each) => each.drillId.slice(0, 8) },
    { head: { en: 'STATE', zh: '状态' }, cell: (each) => context.say(stateTexts[each.state]) },
    { head: { en: 'TITLE', zh: '标题' }, cell: (each) => each.title },
    { head: { en: 'INSTANCES', zh: '实例' }, cell: (each) => String(each.targets) },
    { head: { en: 'BROKEN', zh: '注入' }, cell: (each) => String(each.injected) },
    { head: { en: 'STARTED', zh: '启动时间' }, cell: (each) => each.startedAt ?? '-' },
    { head: { en: 'BY', zh: '操作者' }, cell: (each) => each.startedBy ?? each.createdBy },
  ]);
  return exitCode.ok;
}

/** `sluice drill show`. */
export async function showDrill(context: Context, app: string, word: string): Promise<ExitCode> {
  const params = await drillParams(context, app, word);
  const detail = await (await context.api()).call(contracts.getDrill, { params });
  await context.output.one(detail, () => detailText(context, detail));
  return exitCode.ok;
}

/** `sluice drill templates`: what there is, or the file of one. */
export async function drillTemplates(
  context: Context,
  app: string,
  name: string | undefined,
): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const { items } = await inApp(context, app, () =>
    api.call(contracts.listDrillTemplates, { params: { env, app } }),
  );
  if (name === undefined) {
    await context.output.list<DrillTemplate>(items, [
      { head: { en: 'TEMPLATE', zh: '模板' }, cell: (each) => each.template },
      { head: { en: 'TITLE', zh: '标题' }, cell: (each) => each.title[context.language] },
      {
        head: { en: 'FITS', zh: '适用' },
        cell: (each) => context.say(each.fits ? { en: 'yes', zh: '是' } : { en: 'no', zh: '否' }),
      },
      { head: { en: 'WHAT', zh: '说明' }, cell: (each) => each.description[context.language] },
    ]);
    return exitCode.ok;
  }
  const found = items.find(({ template }) => template === name);
  if (!found)
    throw missing(
      'drill template',
      name,
      app,
      items.map(({ template }) => template),
    );
  const { yamlText } = await import('../output/yaml-text.ts');
  if (context.output.format === 'table') context.output.raw(await yamlText(found.definition));
  else await context.output.one(found.definition, () => '');
  return exitCode.ok;
}

/** `sluice drill stop`. */
export async function stopDrill(
  context: Context,
  app: string,
  word: string,
  flags: { readonly message?: string },
): Promise<ExitCode> {
  const params = await drillParams(context, app, word);
  const detail = await (await context.api()).call(contracts.abortDrill, {
    params,
    body: { reason: flags.message ?? '' },
  });
  await context.output.one(detail, () => `${stateLine(context, detail)}\n`);
  return exitCode.ok;
}
