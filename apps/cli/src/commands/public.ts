import { diffContent, emptyContent } from '@sluice/core';
import type { BodyInputOf, Contracts, Linker, NamespaceDetail, PublicNamespaceEntry } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { maskedDiff } from '../output/masked-diff.ts';
import type { Column } from '../output/output.ts';
import { inApp } from '../reference/missing.ts';
import { publicAddressOf } from '../reference/public-address.ts';
import { confirmWrite } from '../release/confirm.ts';
import { publishOne } from '../release/publish.ts';
import { showPlanned, showWritten, type WriteFlags } from '../release/written.ts';

export interface LinkFlags extends WriteFlags {
  readonly description?: string;
  /** Others may link it in turn. */
  readonly public?: boolean;
}

const publicColumns: readonly Column<PublicNamespaceEntry>[] = [
  { head: { en: 'APP', zh: '应用' }, cell: (n) => n.app },
  { head: { en: 'NAMESPACE', zh: '命名空间' }, cell: (n) => n.namespace },
  { head: { en: 'KIND', zh: '类型' }, cell: (n) => n.kind },
  { head: { en: 'RELEASE', zh: '发布版本' }, cell: (n) => (n.release === undefined ? '-' : `${n.release}`) },
  {
    head: { en: 'LINKS', zh: '链接' },
    cell: (n) => n.chain.map(({ app, namespace }) => `${app}/${namespace}`).join(' > ') || '-',
  },
  { head: { en: 'DESCRIPTION', zh: '描述' }, cell: (n) => n.description },
];

/** `sluice public ls`. */
export async function listPublic(context: Context): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const { items } = await api.call(contracts.listPublicNamespaces, { params: { env } });
  await context.output.list(items, publicColumns);
  return exitCode.ok;
}

const linkerColumns: readonly Column<Linker>[] = [
  { head: { en: 'APP', zh: '应用' }, cell: (l) => l.app },
  { head: { en: 'NAMESPACE', zh: '命名空间' }, cell: (l) => l.namespace },
  { head: { en: 'DEPTH', zh: '层级' }, cell: (l) => String(l.depth) },
  { head: { en: 'OVERRIDES', zh: '覆盖' }, cell: (l) => String(l.overrides) },
];

/** `sluice public linkers`: who links it; those who may not be seen only count. */
export async function listLinkers(context: Context, app: string, ns: string): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const params = { env, app, ns };
  const { total, items } = await inApp(context, app, () => api.call(contracts.listLinkers, { params }));
  const { say, output } = context;
  const live = { head: { en: 'LIVE', zh: '已生效' }, cell: (l: Linker) => (l.live ? '*' : '-') };
  await output.list(items, [...linkerColumns, live]);
  if (total > items.length)
    output.note(
      say(
        { en: 'And {more} that you may not see.', zh: '另有 {more} 个你无权查看。' },
        { more: total - items.length },
      ),
    );
  return exitCode.ok;
}

/** `sluice public open` and `sluice public close`. */
export async function setPublic(
  context: Context,
  app: string,
  ns: string,
  isPublic: boolean,
): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const params = { env, app, ns };
  const { etag } = await inApp(context, app, () => api.call(contracts.getNamespace, { params }));
  const body = { public: isPublic };
  const now = await api.call(contracts.changeNamespace, { params, body, ifMatch: etag });
  const said = isPublic
    ? {
        en: '{ns} of {app} is public: other apps may link it.',
        zh: '{app} 的 {ns} 已公开：其他应用可以链接它。',
      }
    : { en: '{ns} of {app} is not public any more.', zh: '{app} 的 {ns} 不再公开。' };
  context.output.note(context.say(said, { ns, app }));
  await context.output.one(linkData(now), () => '');
  return exitCode.ok;
}

const linkData = ({ app, name, public: isPublic, link, linkers }: NamespaceDetail): object => ({
  app,
  namespace: name,
  public: isPublic,
  link,
  linkers,
});

/** `sluice public link`: makes the namespace, and brings what is public to the instances of the app. */
export async function linkNamespace(
  context: Context,
  app: string,
  ns: string,
  home: string,
  flags: LinkFlags,
): Promise<ExitCode> {
  const link = publicAddressOf(home);
  const [api, env] = [await context.api(), await context.environment()];
  const { kind } = await api.call(contracts.getNamespace, {
    params: { env, app: link.app, ns: link.namespace },
  });
  const nothing = emptyContent(kind);
  const change = { name: ns, outcome: 'created', diff: diffContent(undefined, nothing) } as const;
  if (flags.dryRun) return showPlanned(context, app, [change]);
  await confirmWrite(context, app, flags.yes);
  const { description = '', public: isPublic = false } = flags;
  const made = await inApp(context, app, () =>
    api.call(contracts.createNamespace, {
      params: { env, app },
      body: { name: ns, kind, description, public: isPublic, link },
    }),
  );
  const body = { content: nothing, message: flags.message ?? '' } as BodyInputOf<Contracts['publish']>;
  const released = await publishOne(context, made, env, { body, after: nothing });
  return showWritten(context, app, [{ ...change, released }], flags);
}

/** `sluice public remove` and `sluice public inherit`: takes keys away, or gives overrides back. */
export async function changeOverrides(
  context: Context,
  app: string,
  ns: string,
  keys: readonly string[],
  how: 'remove' | 'inherit',
  flags: WriteFlags,
): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const params = { env, app, ns };
  const base = await inApp(context, app, () => api.call(contracts.getNamespace, { params }));
  const before = base.target && base.target.kind !== 'document' ? base.target.items : {};
  const marks = Object.fromEntries(keys.map((key) => [key, { removed: true }]));
  const changes = how === 'remove' ? { set: marks, remove: [] } : { set: {}, remove: [...keys] };
  const left = Object.entries(before).filter(([key]) => !keys.includes(key));
  const items = Object.fromEntries([...left, ...(how === 'remove' ? Object.entries(marks) : [])]);
  const after = { kind: base.kind, items } as never;
  const change = {
    name: ns,
    outcome: 'changed',
    diff: maskedDiff(diffContent(base.target, after)),
  } as const;
  if (flags.dryRun) return showPlanned(context, app, [change]);
  await confirmWrite(context, app, flags.yes);
  const body = { changes, message: flags.message ?? '' };
  const released = await publishOne(context, base, env, { body, after });
  return showWritten(context, app, [{ ...change, released }], flags);
}
