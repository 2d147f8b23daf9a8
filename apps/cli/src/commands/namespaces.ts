import type { DocumentFormat, NamespaceKind } from '@sluice/core';
import type { Namespace } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { inDelivery } from '../delivery/refusal.ts';
import { usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { readSchema } from '../files/schema-file.ts';
import type { Column } from '../output/output.ts';
import { knownNamespace } from '../reference/known-namespace.ts';
import { inApp, namespacesOf } from '../reference/missing.ts';
import { publicAddressOf } from '../reference/public-address.ts';
import { confirmWrite } from '../release/confirm.ts';
import { reachOf } from '../release/plan.ts';

const columns: readonly Column<Namespace>[] = [
  { head: { en: 'NAMESPACE', zh: '命名空间' }, cell: (ns) => ns.name },
  { head: { en: 'KIND', zh: '类型' }, cell: (ns) => (ns.format ? `${ns.kind} ${ns.format}` : ns.kind) },
  { head: { en: 'RELEASE', zh: '发布版本' }, cell: (ns) => String(ns.live?.number ?? '-') },
  { head: { en: 'PUBLIC', zh: '公共' }, cell: (ns) => (ns.public ? '*' : '-') },
  {
    head: { en: 'LINKS', zh: '链接' },
    cell: ({ link }) => (link ? `${link.app}/${link.namespace}` : '-'),
  },
  { head: { en: 'DESCRIPTION', zh: '描述' }, cell: (ns) => ns.description },
];

/** `sluice namespace ls`. */
export async function listNamespaces(context: Context, app: string): Promise<ExitCode> {
  await context.output.list(await namespacesOf(context, app), columns);
  return exitCode.ok;
}

export interface NamespaceFlags {
  readonly description?: string;
  /** A file; `false` for `--no-schema`. */
  readonly schema?: string | false;
  /** `<app>/<namespace>`; `false` for `--no-link`. */
  readonly link?: string | false;
}

export interface CreateNamespaceFlags extends NamespaceFlags {
  readonly kind: NamespaceKind;
  readonly format?: DocumentFormat;
  readonly public?: boolean;
}

/** `sluice namespace create`: an empty one; instances see it from its first release on. */
export async function createNamespace(
  context: Context,
  app: string,
  name: string,
  flags: CreateNamespaceFlags,
): Promise<ExitCode> {
  const { kind, format, description = '' } = flags;
  if ((kind === 'document') !== (format !== undefined))
    throw usageError(
      { en: 'A document has a format, and nothing else has.', zh: '文档需要格式，其他类型没有格式。' },
      {
        en: 'Write --kind document --format yaml (or json, properties, text).',
        zh: '请写成 --kind document --format yaml（或 json、properties、text）。',
      },
    );
  const [api, env] = [await context.api(), await context.environment()];
  const schema = typeof flags.schema === 'string' ? await readSchema(context.io, flags.schema) : null;
  const made = await inApp(context, app, () =>
    api.call(contracts.createNamespace, {
      params: { env, app },
      body: {
        name,
        kind,
        ...(format !== undefined && { format }),
        description,
        schema,
        public: flags.public === true,
        ...(typeof flags.link === 'string' && { link: publicAddressOf(flags.link) }),
      },
    }),
  );
  await context.output.list([made], columns);
  return exitCode.ok;
}

/** `sluice namespace change`: what is said about it; its content is for `set` and `apply`. */
export async function changeNamespace(
  context: Context,
  app: string,
  ns: string,
  flags: NamespaceFlags,
): Promise<ExitCode> {
  const { description, schema, link } = flags;
  if (description === undefined && schema === undefined && link === undefined)
    throw usageError(
      { en: 'What shall change?', zh: '请指定要修改的内容。' },
      {
        en: 'Add --description, --schema, --no-schema, --link or --no-link.',
        zh: '请加上 --description、--schema、--no-schema、--link 或 --no-link。',
      },
    );
  const body = {
    ...(description !== undefined && { description }),
    ...(schema !== undefined && { schema: schema === false ? null : await readSchema(context.io, schema) }),
    ...(link !== undefined && { link: link === false ? null : publicAddressOf(link) }),
  };
  const { etag } = await knownNamespace(context, app, ns);
  const [api, env] = [await context.api(), await context.environment()];
  const now = await api.call(contracts.changeNamespace, { params: { env, app, ns }, body, ifMatch: etag });
  await context.output.list([now], columns);
  return exitCode.ok;
}

export interface DeleteFlags {
  readonly message?: string;
  readonly emergency?: string;
  readonly yes?: boolean;
}

/** `sluice namespace delete`: instances fall back to what their code says. */
export async function deleteNamespace(
  context: Context,
  app: string,
  ns: string,
  flags: DeleteFlags,
): Promise<ExitCode> {
  const { say, output } = context;
  const { etag } = await knownNamespace(context, app, ns);
  const [api, env] = [await context.api(), await context.environment()];
  const reach = await reachOf(context, app);
  const params = { ns, app, env, online: reach?.online ?? say({ en: 'all', zh: '所有' }) };
  output.note(
    say(
      {
        en: 'Delete {ns} of {app} in {env}: {online} instances fall back to the defaults in their code. Its history is kept.',
        zh: '删除 {env} 环境中 {app} 的 {ns}：{online} 个实例将恢复为代码中的默认值。历史会保留。',
      },
      params,
    ),
  );
  await confirmWrite(context, app, flags.yes, say({ en: 'Delete {ns}?', zh: '删除 {ns}？' }, { ns }));
  await inDelivery(context, { app, env, act: 'pushAll' }, () =>
    api.call(contracts.deleteNamespace, {
      params: { env, app, ns },
      query: {
        ...(flags.message !== undefined && { message: flags.message }),
        ...(flags.emergency !== undefined && { emergency: flags.emergency }),
      },
      ifMatch: etag,
    }),
  );
  output.note(say({ en: '{ns} is deleted.', zh: '{ns} 已删除。' }, { ns }));
  return exitCode.ok;
}
