import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';

/** `sluice session ls`: the browsers in which you are signed in. */
export async function listSessions(context: Context): Promise<ExitCode> {
  const { items } = await (await context.api()).call(contracts.listOwnSessions);
  await context.output.list(items, [
    { head: { en: 'SESSION', zh: '会话' }, cell: (session) => session.id },
    { head: { en: 'BROWSER', zh: '浏览器' }, cell: (session) => session.userAgent || '-' },
    { head: { en: 'FROM', zh: '来源' }, cell: (session) => session.remoteAddress },
    { head: { en: 'LAST USED', zh: '最近使用' }, cell: (session) => session.lastSeenAt },
    { head: { en: 'ENDS', zh: '结束' }, cell: (session) => session.endsAt },
  ]);
  return exitCode.ok;
}

/** `sluice session end`: one of them, or all. */
export async function endSession(
  context: Context,
  session: string | undefined,
  flags: { readonly all?: boolean },
): Promise<ExitCode> {
  const { say, output } = context;
  if ((session === undefined) === (flags.all !== true))
    throw usageError(
      { en: 'Which sessions?', zh: '要结束哪些会话？' },
      {
        en: 'Name one of "sluice session ls", or say --all.',
        zh: '请指定 "sluice session ls" 中的一个，或使用 --all。',
      },
    );
  const api = await context.api();
  let ended = 1;
  if (session === undefined) ({ ended } = await api.call(contracts.endOtherSessions));
  else await api.call(contracts.endOwnSession, { params: { session } });
  output.note(say({ en: '{n} session(s) ended.', zh: '已结束 {n} 个会话。' }, { n: ended }));
  return exitCode.ok;
}
