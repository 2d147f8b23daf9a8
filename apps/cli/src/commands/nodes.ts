import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';

/** `sluice nodes`: the nodes of the server that are alive. */
export async function listNodes(context: Context): Promise<ExitCode> {
  const { say, output } = context;
  const { items, database, at } = await (await context.api()).call(contracts.listNodes);
  const here = say({ en: ' (this one)', zh: '（当前）' });
  await output.list(items, [
    { head: { en: 'NODE', zh: '节点' }, cell: (node) => node.id + (node.isThis ? here : '') },
    { head: { en: 'VERSION', zh: '版本' }, cell: (node) => node.version },
    { head: { en: 'INSTANCES', zh: '实例' }, cell: (node) => String(node.instances) },
    { head: { en: 'PAGES', zh: '页面' }, cell: (node) => String(node.pages) },
    { head: { en: 'MEMORY', zh: '内存' }, cell: (node) => `${Math.round(node.memoryBytes / 2 ** 20)} MiB` },
    { head: { en: 'STARTED', zh: '启动' }, cell: (node) => node.startedAt },
    { head: { en: 'LEASE UNTIL', zh: '租约至' }, cell: (node) => node.leaseUntil },
  ]);
  output.note(
    say(
      {
        en: 'They share one {database} database; it is {at} there.',
        zh: '共用一个 {database} 数据库；服务器时间 {at}。',
      },
      { database, at },
    ),
  );
  return exitCode.ok;
}
