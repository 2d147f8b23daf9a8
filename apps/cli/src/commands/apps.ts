import type { App, AppOverview } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { ServerError } from '../failure/server-error.ts';
import type { Column } from '../output/output.ts';
import { missing } from '../reference/missing.ts';

export interface AppFlags {
  readonly title?: string;
  readonly owner?: string;
}

const facts: readonly Column<App>[] = [
  { head: { en: 'APP', zh: '应用' }, cell: (app) => app.name },
  { head: { en: 'TITLE', zh: '标题' }, cell: (app) => app.title },
  { head: { en: 'OWNER', zh: '负责人' }, cell: (app) => app.owner },
];

const figures: readonly Column<AppOverview>[] = [
  { head: { en: 'NAMESPACES', zh: '命名空间' }, cell: (app) => String(app.namespaceCount) },
  { head: { en: 'ONLINE', zh: '在线' }, cell: (app) => String(app.instancesOnline) },
  { head: { en: 'OFFLINE', zh: '离线' }, cell: (app) => String(app.instancesOffline) },
  { head: { en: 'DIFFERING', zh: '不一致' }, cell: (app) => String(app.instancesDiffering) },
];

/** `sluice app ls`: with their instances at a glance. */
export async function listApps(context: Context): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const { items } = await api.call(contracts.listAppsOf, { params: { env } });
  await context.output.list(items, [...facts, ...figures]);
  return exitCode.ok;
}

/** `sluice app create`: in every environment. */
export async function createApp(context: Context, name: string, flags: AppFlags): Promise<ExitCode> {
  const { title = '', owner = '' } = flags;
  const made = await (await context.api()).call(contracts.createApp, { body: { name, title, owner } });
  await context.output.list([made], facts);
  return exitCode.ok;
}

/** `sluice app change`. */
export async function changeApp(context: Context, app: string, flags: AppFlags): Promise<ExitCode> {
  const { title, owner } = flags;
  if (title === undefined && owner === undefined)
    throw usageError(
      { en: 'What shall change?', zh: '请指定要修改的内容。' },
      { en: 'Add --title or --owner.', zh: '请加上 --title 或 --owner。' },
    );
  const api = await context.api();
  const body = { ...(title !== undefined && { title }), ...(owner !== undefined && { owner }) };
  try {
    await context.output.list([await api.call(contracts.changeApp, { params: { app }, body })], facts);
  } catch (error) {
    if (!(error instanceof ServerError) || error.status !== 404) throw error;
    const { items } = await api.call(contracts.listApps);
    throw missing(
      'app',
      app,
      (await context.settings()).server.host,
      items.map(({ name }) => name),
    );
  }
  return exitCode.ok;
}
