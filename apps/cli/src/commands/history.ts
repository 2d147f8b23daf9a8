import type { ReleaseSummary } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { missing, namespacesOf } from '../reference/missing.ts';

const kindWords = {
  publish: { en: 'publish', zh: '发布' },
  rollback: { en: 'rollback', zh: '回滚' },
  import: { en: 'import', zh: '导入' },
  delete: { en: 'delete', zh: '删除' },
  promote: { en: 'promote', zh: '全量' },
} as const;

/** `sluice history`: the releases of a namespace, newest first. */
export async function history(
  context: Context,
  app: string,
  ns: string,
  flags: { readonly limit: number },
): Promise<ExitCode> {
  const names = (await namespacesOf(context, app)).map((n) => n.name);
  const env = await context.environment();
  if (!names.includes(ns)) throw missing('namespace', ns, `${app} (${env})`, names);
  const { items, next } = await releases(context, { env, app, ns }, flags.limit);
  const { say, output } = context;
  const what = (r: ReleaseSummary): string =>
    say(kindWords[r.kind]) +
    (r.restored === undefined ? '' : say({ en: ' to {n}', zh: '到 {n}' }, { n: r.restored }));
  await output.list(items, [
    { head: { en: 'RELEASE', zh: '发布版本' }, cell: (r) => String(r.number) },
    { head: { en: 'REVISION', zh: '修订号' }, cell: (r) => String(r.revision) },
    { head: { en: 'WHAT', zh: '操作' }, cell: what },
    { head: { en: 'WHO', zh: '作者' }, cell: (r) => r.author },
    { head: { en: 'WHEN', zh: '时间' }, cell: (r) => r.createdAt },
    { head: { en: 'DIGEST', zh: '摘要' }, cell: (r) => r.digest.slice(0, 12) },
    { head: { en: 'MESSAGE', zh: '说明' }, cell: (r) => r.message },
  ]);
  if (next !== undefined)
    output.note(
      say(
        { en: 'There are older ones: --limit {n}', zh: '还有更早的版本：--limit {n}' },
        { n: flags.limit * 2 },
      ),
    );
  return exitCode.ok;
}

/** Pages until enough are there. */
async function releases(
  context: Context,
  params: { env: string; app: string; ns: string },
  limit: number,
): Promise<{ items: ReleaseSummary[]; next: number | undefined }> {
  const api = await context.api();
  const items: ReleaseSummary[] = [];
  let before: number | undefined;
  do {
    const page = await api.call(contracts.listHistory, {
      params,
      query: {
        limit: String(Math.min(200, limit - items.length)),
        ...(before !== undefined && { before: String(before) }),
      },
    });
    items.push(...page.items);
    before = page.next;
  } while (before !== undefined && items.length < limit);
  return { items, next: before };
}
