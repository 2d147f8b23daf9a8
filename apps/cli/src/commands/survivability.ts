import type { ErrorText } from '@sluice/core';
import type { Contracts, ResponseOf } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { inApp } from '../reference/missing.ts';

type Reason = ResponseOf<Contracts['survivability']>['atRisk'][number]['reasons'][number];

const reasons: Readonly<Record<Reason, ErrorText>> = {
  cacheOff: { en: 'its disk cache is off', zh: '磁盘缓存已关闭' },
  cacheUnwritable: { en: 'its disk cache cannot be written', zh: '磁盘缓存无法写入' },
  cacheLocked: { en: 'another process holds its disk cache', zh: '磁盘缓存被其他进程占用' },
  notInSync: { en: 'it does not hold what it should', zh: '持有的内容与应有的不一致' },
  startedOnDefaults: { en: 'it started on code defaults', zh: '以代码默认值启动' },
};

/** `sluice instances survivability`: who would not come back with its values if the server died now. Exit 1: some. */
export async function survivability(context: Context, app: string): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const told = await inApp(context, app, () => api.call(contracts.survivability, { params: { env, app } }));
  const { output, say } = context;
  if (output.format === 'json' || output.format === 'yaml')
    await output.one({ app, environment: env, ...told }, () => '');
  else
    await output.list(told.atRisk, [
      { head: { en: 'INSTANCE', zh: '实例' }, cell: (i) => i.instanceId },
      { head: { en: 'WHY', zh: '原因' }, cell: (i) => i.reasons.map((r) => say(reasons[r])).join('; ') },
    ]);
  output.note(
    say(
      {
        en: '{surviving} of {online} online instances would come back with their values.',
        zh: '{online} 个在线实例中有 {surviving} 个能够恢复其值。',
      },
      { surviving: told.surviving, online: told.online },
    ),
  );
  return told.atRisk.length === 0 ? exitCode.ok : exitCode.failure;
}
