import type { Instance, InstanceDetail } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { tableText } from '../output/table.ts';
import { knownInstance } from '../reference/known-instance.ts';
import { inApp } from '../reference/missing.ts';

const states = {
  online: { en: 'online', zh: '在线' },
  offline: { en: 'offline', zh: '离线' },
  differs: { en: 'differs', zh: '不一致' },
  conflict: { en: 'two processes say they are this instance', zh: '有两个进程使用同一实例标识' },
} as const;

function stateOf({ say }: Context, instance: Instance): string {
  return [
    say(instance.online ? states.online : states.offline),
    ...(instance.online && !instance.inSync ? [say(states.differs)] : []),
    ...(instance.conflict ? [say(states.conflict)] : []),
  ].join(', ');
}

const labelText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');

/** `sluice instances ls`: the processes of an app, online and lately seen. */
export async function listInstances(
  context: Context,
  app: string,
  flags: { readonly online?: boolean },
): Promise<ExitCode> {
  const items = await fetchInstances(context, app, flags.online);
  await context.output.list(items, [
    { head: { en: 'INSTANCE', zh: '实例' }, cell: (i) => i.instanceId },
    { head: { en: 'STATE', zh: '状态' }, cell: (i) => stateOf(context, i) },
    { head: { en: 'REVISION', zh: '修订号' }, cell: (i) => String(i.revision) },
    { head: { en: 'CACHE', zh: '缓存' }, cell: (i) => i.cache },
    { head: { en: 'SDK', zh: 'SDK' }, cell: (i) => i.sdk },
    { head: { en: 'STARTED', zh: '启动时间' }, cell: (i) => i.startedAt },
    { head: { en: 'LABELS', zh: '标签' }, cell: (i) => labelText(i.labels) },
  ]);
  return exitCode.ok;
}

async function fetchInstances(context: Context, app: string, online?: boolean): Promise<Instance[]> {
  const [api, env] = [await context.api(), await context.environment()];
  const { items } = await inApp(context, app, () =>
    api.call(contracts.listInstances, { params: { env, app }, ...(online && { query: { online: 'true' } }) }),
  );
  return items;
}

/** `sluice instances show`: one process, and what it holds of each namespace. */
export async function showInstance(context: Context, app: string, instance: string): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const detail = await knownInstance(context, app, instance, () =>
    api.call(contracts.getInstance, { params: { env, app, instance } }),
  );
  await context.output.one(detail, () => detailText(context, detail));
  return exitCode.ok;
}

function detailText(context: Context, detail: InstanceDetail): string {
  const { say } = context;
  const facts = tableText(
    [say({ en: 'INSTANCE', zh: '实例' }), detail.instanceId],
    [
      [say({ en: 'state', zh: '状态' }), stateOf(context, detail)],
      [say({ en: 'serves from', zh: '取值来源' }), detail.ready],
      [say({ en: 'cache', zh: '缓存' }), detail.cache],
      ['sdk', detail.sdk],
      [say({ en: 'started', zh: '启动时间' }), detail.startedAt],
      [say({ en: 'last seen', zh: '最近上报' }), detail.lastSeenAt],
      [say({ en: 'labels', zh: '标签' }), labelText(detail.labels)],
    ],
  );
  const heads = [
    say({ en: 'NAMESPACE', zh: '命名空间' }),
    say({ en: 'HOLDS', zh: '持有' }),
    say({ en: 'SHOULD HOLD', zh: '应持有' }),
    say({ en: 'SINCE', zh: '自' }),
    say({ en: 'ERROR', zh: '错误' }),
  ];
  const side = (release: number | undefined, digest: string | undefined): string =>
    release !== undefined ? `${release} (${digest?.slice(0, 12) ?? '-'})` : (digest?.slice(0, 12) ?? '-');
  const rows = detail.namespaces.map((n) => [
    n.name,
    side(n.release, n.digest),
    n.inSync ? '=' : side(n.expectedRelease, n.expectedDigest),
    n.appliedAt ?? '-',
    n.error ?? '',
  ]);
  return `${facts}\n${tableText(heads, rows)}`;
}
