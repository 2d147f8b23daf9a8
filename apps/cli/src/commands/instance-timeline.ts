import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { contentSummary } from '../output/content-summary.ts';
import { knownInstance } from '../reference/known-instance.ts';

export interface TimelineFlags {
  /** Moments in UTC. */
  readonly at?: string;
  readonly from?: string;
  readonly namespace?: string;
}

/** `sluice instances timeline`: what a process held of each namespace, and which push or release brought it. */
export async function instanceTimeline(
  context: Context,
  app: string,
  instance: string,
  flags: TimelineFlags,
): Promise<ExitCode> {
  if (flags.at !== undefined && flags.from !== undefined && flags.from > flags.at)
    throw usageError(
      { en: '--from is after --at.', zh: '--from 晚于 --at。' },
      { en: 'Give the earlier moment as --from.', zh: '请将较早的时刻作为 --from。' },
    );
  const [api, env] = [await context.api(), await context.environment()];
  const { at, from, namespace } = flags;
  const told = await knownInstance(context, app, instance, () =>
    api.call(contracts.instanceTimeline, {
      params: { env, app, instance },
      query: {
        ...(at !== undefined && { at }),
        ...(from !== undefined && { from }),
        ...(namespace !== undefined && { namespace }),
      },
    }),
  );
  const { output, say } = context;
  const since = told.recordedSince;
  if (since !== undefined && (from ?? told.at) < since)
    output.note(
      say(
        { en: 'Nothing is recorded of it before {since}.', zh: '{since} 之前没有该实例的记录。' },
        { since },
      ),
    );
  if (output.format !== 'table') {
    await output.one({ instance, ...told }, () => '');
    return exitCode.ok;
  }
  await output.list(told.items, [
    { head: { en: 'NAMESPACE', zh: '命名空间' }, cell: (h) => h.namespace },
    { head: { en: 'FROM', zh: '自' }, cell: (h) => h.since },
    { head: { en: 'TO', zh: '至' }, cell: (h) => h.until ?? '-' },
    { head: { en: 'RELEASE', zh: '发布版本' }, cell: (h) => String(h.release ?? '-') },
    { head: { en: 'PUSH', zh: '推送' }, cell: (h) => h.pushId ?? '-' },
    { head: { en: 'DIGEST', zh: '摘要' }, cell: (h) => h.digest?.slice(0, 12) ?? '-' },
    { head: { en: 'HELD', zh: '内容' }, cell: (h) => (h.content ? contentSummary(h.content) : '-') },
  ]);
  return exitCode.ok;
}
