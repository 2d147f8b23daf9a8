import { parseSelector, selects } from '@sluice/core';
import type { Group, Instance } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { CliError, nothingChanged, usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { ServerError } from '../failure/server-error.ts';
import type { Column } from '../output/output.ts';
import { tableText } from '../output/table.ts';
import { inApp, missing } from '../reference/missing.ts';

export interface GroupFlags {
  readonly labels?: string;
  readonly order?: number;
  readonly description?: string;
}

const columns: readonly Column<Group>[] = [
  { head: { en: 'GROUP', zh: '分组' }, cell: (g) => g.name },
  { head: { en: 'SELECTOR', zh: '选择器' }, cell: (g) => g.selector },
  { head: { en: 'ORDER', zh: '顺序' }, cell: (g) => String(g.order) },
  { head: { en: 'ONLINE', zh: '在线' }, cell: (g) => String(g.online) },
  { head: { en: 'IN FORCE', zh: '生效中' }, cell: (g) => g.namespaces.join(', ') || '-' },
  { head: { en: 'DESCRIPTION', zh: '描述' }, cell: (g) => g.description },
];

/** `sluice groups ls`. */
export async function listGroups(context: Context, app: string): Promise<ExitCode> {
  await context.output.list(await groupsOf(context, app), columns);
  return exitCode.ok;
}

async function groupsOf(context: Context, app: string): Promise<Group[]> {
  const [api, env] = [await context.api(), await context.environment()];
  const { items } = await inApp(context, app, () => api.call(contracts.listGroups, { params: { env, app } }));
  return items;
}

async function findGroup(context: Context, app: string, name: string): Promise<Group> {
  const groups = await groupsOf(context, app);
  const found = groups.find((g) => g.name === name);
  if (found) return found;
  const names = groups.map((g) => g.name);
  throw missing('group', name, `${app} (${await context.environment()})`, names);
}

/** `sluice groups show`: the group, and whom it picks now. */
export async function showGroup(context: Context, app: string, name: string): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const group = await findGroup(context, app, name);
  const { items } = await api.call(contracts.listInstances, { params: { env, app } });
  const members = membersOf(group, items);
  const { say } = context;
  await context.output.one({ ...group, instances: members.map((i) => i.instanceId) }, () =>
    [
      tableText(
        [say({ en: 'GROUP', zh: '分组' }), group.name],
        [
          [say({ en: 'selector', zh: '选择器' }), group.selector],
          [say({ en: 'order', zh: '顺序' }), String(group.order)],
          [say({ en: 'in force', zh: '生效中' }), group.namespaces.join(', ') || '-'],
          [say({ en: 'description', zh: '描述' }), group.description],
          [say({ en: 'by', zh: '作者' }), `${group.createdBy}, ${group.createdAt}`],
        ],
      ),
      tableText(
        [say({ en: 'INSTANCE', zh: '实例' }), say({ en: 'STATE', zh: '状态' })],
        members.map((i) => [
          i.instanceId,
          say(i.online ? { en: 'online', zh: '在线' } : { en: 'offline', zh: '离线' }),
        ]),
      ),
    ].join('\n'),
  );
  return exitCode.ok;
}

/** Online and lately seen instances that a group's selector picks. */
function membersOf(group: Group, instances: readonly Instance[]): Instance[] {
  const parsed = parseSelector(group.selector);
  if (!parsed.ok) return [];
  return instances.filter((instance) => selects({ who: 'labels', all: parsed.value }, instance));
}

/** `sluice groups create`. */
export async function createGroup(
  context: Context,
  app: string,
  name: string,
  flags: GroupFlags,
): Promise<ExitCode> {
  if (flags.labels === undefined)
    throw usageError(
      { en: 'Whom does the group pick?', zh: '请指定分组选中的实例。' },
      { en: "Add --labels 'zone in (a,b)'.", zh: "请加上 --labels 'zone in (a,b)'。" },
    );
  const [api, env] = [await context.api(), await context.environment()];
  const body = {
    name,
    selector: flags.labels,
    description: flags.description ?? '',
    order: flags.order ?? 0,
  };
  const group = await inApp(context, app, () =>
    api.call(contracts.createGroup, { params: { env, app }, body }),
  );
  await context.output.list([group], columns);
  return exitCode.ok;
}

/** `sluice groups change`. */
export async function changeGroup(
  context: Context,
  app: string,
  name: string,
  flags: GroupFlags,
): Promise<ExitCode> {
  const { labels: selector, order, description } = flags;
  if (selector === undefined && order === undefined && description === undefined)
    throw usageError(
      { en: 'What shall change?', zh: '请指定要修改的内容。' },
      { en: 'Add --labels, --order or --description.', zh: '请加上 --labels、--order 或 --description。' },
    );
  await findGroup(context, app, name);
  const [api, env] = [await context.api(), await context.environment()];
  const body = {
    ...(selector !== undefined && { selector }),
    ...(order !== undefined && { order }),
    ...(description !== undefined && { description }),
  };
  const group = await whileFree(app, env, name, () =>
    api.call(contracts.changeGroup, { params: { env, app, group: name }, body }),
  );
  await context.output.list([group], columns);
  return exitCode.ok;
}

/** `sluice groups delete`. */
export async function deleteGroup(
  context: Context,
  app: string,
  name: string,
  flags: { readonly yes?: boolean },
): Promise<ExitCode> {
  const group = await findGroup(context, app, name);
  const { say, io } = context;
  if (io.canAsk && !flags.yes) {
    const question = say(
      { en: 'Delete group {name} ({selector})? [y/N] ', zh: '删除分组 {name}（{selector}）？[y/N] ' },
      { name, selector: group.selector },
    );
    if (!/^(y|yes|是)$/i.test((await io.ask(question)).trim()))
      throw new CliError('not_confirmed', exitCode.failure, {
        what: { en: 'Not confirmed.', zh: '未确认。' },
        still: nothingChanged,
        todo: { en: 'Run it again, or with --yes.', zh: '请重新运行，或加上 --yes。' },
      });
  }
  const [api, env] = [await context.api(), await context.environment()];
  await whileFree(app, env, name, () =>
    api.call(contracts.deleteGroup, { params: { env, app, group: name } }),
  );
  context.output.note(say({ en: 'Group {name} is deleted.', zh: '分组 {name} 已删除。' }, { name }));
  return exitCode.ok;
}

/** A group with values in force can't be changed: says how to see and take them away. */
async function whileFree<T>(app: string, env: string, group: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ServerError) || error.code !== 'wrong_state') throw error;
    const todo = {
      en: 'See what is in force for it with "sluice push ls {app} --env {env}", and take it away with "sluice push abandon {app} <push> --env {env}".',
      zh: '请用 "sluice push ls {app} --env {env}" 查看其生效中的推送，并用 "sluice push abandon {app} <推送> --env {env}" 撤回。',
    };
    throw new CliError(
      error.code,
      error.exit,
      { ...error.parts, todo },
      { ...error.params, app, env, group },
      error.more,
    );
  }
}
