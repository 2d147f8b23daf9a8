import type { Push } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { modeWord, pushOfWhat, pushStateWord } from '../delivery/push-words.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { ServerError } from '../failure/server-error.ts';
import type { Column } from '../output/output.ts';
import { inApp, missing } from '../reference/missing.ts';
import { progressLine, stateWord, verdictSentence } from '../release/verdict.ts';
import { isDecided, reportVerdict, waitForVerdict } from '../release/wait.ts';

/** `sluice push ls`: pushes of an app, or of all apps, newest first. */
export async function listPushes(
  context: Context,
  app: string | undefined,
  flags: { readonly limit: number },
): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const apps = app === undefined ? await appNames(context) : [app];
  const query = { limit: String(Math.min(200, flags.limit)) };
  const pages = await Promise.all(
    apps.map((name) =>
      inApp(context, name, () => api.call(contracts.listPushes, { params: { env, app: name }, query })),
    ),
  );
  const pushes = pages
    .flatMap((page) => page.items)
    .sort((a, b) => b.revision - a.revision)
    .slice(0, flags.limit);
  const columns: Column<Push>[] = [
    { head: { en: 'PUSH', zh: '推送' }, cell: (p) => p.id },
    { head: { en: 'APP', zh: '应用' }, cell: (p) => p.app },
    { head: { en: 'WHAT', zh: '内容' }, cell: (p) => pushOfWhat(p) },
    { head: { en: 'MODE', zh: '模式' }, cell: (p) => modeWord(context, p.mode) },
    { head: { en: 'STATE', zh: '状态' }, cell: (p) => pushStateWord(context, p.state) },
    { head: { en: 'HOLDING', zh: '已持有' }, cell: (p) => `${p.verdict.holding}/${p.verdict.targets}` },
    { head: { en: 'WHO', zh: '作者' }, cell: (p) => p.createdBy },
    { head: { en: 'WHEN', zh: '时间' }, cell: (p) => p.createdAt },
    { head: { en: 'MESSAGE', zh: '说明' }, cell: (p) => p.message },
  ];
  await context.output.list(pushes, columns);
  return exitCode.ok;
}

/** `sluice push show`: the verdict so far, and every target. */
export async function showPush(context: Context, words: readonly string[]): Promise<ExitCode> {
  const push = await findPush(context, words);
  const params = { env: push.environment, app: push.app, push: push.id };
  const { items } = await (await context.api()).call(contracts.listPushInstances, { params });
  if (context.output.format !== 'table') {
    await context.output.one({ ...push, instances: items }, () => '');
    return exitCode.ok;
  }
  context.output.note(isDecided(push) ? verdictSentence(context, push) : progressLine(context, push));
  await context.output.list(items, [
    { head: { en: 'INSTANCE', zh: '实例' }, cell: (i) => i.instanceId },
    { head: { en: 'STATE', zh: '状态' }, cell: (i) => stateWord(context, i.state) },
    { head: { en: 'MS', zh: '毫秒' }, cell: (i) => String(i.ms ?? '-') },
    { head: { en: 'DIGEST', zh: '摘要' }, cell: (i) => i.digest?.slice(0, 12) ?? '-' },
    { head: { en: 'ERROR', zh: '错误' }, cell: (i) => i.error ?? '' },
  ]);
  return exitCode.ok;
}

/** `sluice push watch`: follows a push to its verdict. */
export async function watchPush(
  context: Context,
  words: readonly string[],
  flags: { readonly timeout?: number },
): Promise<ExitCode> {
  const { output } = context;
  const push = await findPush(context, words);
  const everyChange = output.format === 'ndjson';
  const decided = await waitForVerdict(context, push, {
    ...(flags.timeout !== undefined && { timeoutMs: flags.timeout }),
    ...(everyChange && { onChange: (now) => void output.one(now, () => '') }),
  });
  if (!everyChange && output.format !== 'table') await output.one(decided, () => '');
  return reportVerdict(context, decided);
}

/** `<app> <id>`, or `<id>` alone, which is then looked for in every app that can be seen. */
async function findPush(context: Context, words: readonly string[]): Promise<Push> {
  const [api, env] = [await context.api(), await context.environment()];
  const [app, id] = words.length > 1 ? [words[0]!, words[1]!] : [undefined, words[0]!];
  const apps = app === undefined ? await appNames(context) : [app];
  const found = await Promise.all(
    apps.map(async (name) => {
      try {
        return await inApp(context, name, () =>
          api.call(contracts.getPush, { params: { env, app: name, push: id } }),
        );
      } catch (error) {
        if (error instanceof ServerError && [403, 404].includes(error.status)) return undefined;
        throw error;
      }
    }),
  );
  const push = found.find((p) => p !== undefined);
  if (push) return push;
  throw missing('push', id, app === undefined ? env : `${app} (${env})`, [], {
    en: 'See "sluice push ls".',
    zh: '请查看 "sluice push ls"。',
  });
}

async function appNames(context: Context): Promise<string[]> {
  const { items } = await (await context.api()).call(contracts.listApps);
  return items.map((a) => a.name);
}
