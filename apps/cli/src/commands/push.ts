import type { Push, PushInstance } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { findPush, pushParams, shortId } from '../delivery/find-push.ts';
import { guardrailText, healthText } from '../delivery/guardrail-text.ts';
import { showPlan } from '../delivery/plan-rows.ts';
import { modeWord, pushOfWhat, pushStateWord } from '../delivery/push-words.ts';
import { appsLeft, standingOf } from '../delivery/standing.ts';
import { stepText, targetText } from '../delivery/target-text.ts';
import { usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import type { Column } from '../output/output.ts';
import { tableText } from '../output/table.ts';
import { askApps } from '../reference/apps.ts';
import { inApp } from '../reference/missing.ts';
import { endText, linkedSentence, progressLine, stateWord, verdictSentence } from '../release/verdict.ts';
import { reportVerdict, waitForVerdict } from '../release/wait.ts';

export interface ListFlags {
  readonly limit: number;
  readonly open?: boolean;
  readonly inForce?: boolean;
  readonly namespace?: string;
}

/** `sluice push ls`: pushes of an app, or of all apps, newest first. */
export async function listPushes(
  context: Context,
  app: string | undefined,
  flags: ListFlags,
): Promise<ExitCode> {
  if (flags.open && flags.inForce)
    throw usageError(
      { en: '--open and --in-force are two lists.', zh: '--open 与 --in-force 是两个不同的列表。' },
      { en: 'Give one of them.', zh: '请只使用其中一个。' },
    );
  const [api, env] = [await context.api(), await context.environment()];
  const query = {
    limit: String(Math.min(200, flags.limit)),
    ...(flags.open && { state: 'open' as const }),
    ...(flags.inForce && { state: 'inForce' as const }),
    ...(flags.namespace !== undefined && { namespace: flags.namespace }),
  };
  const ask = (name: string) => api.call(contracts.listPushes, { params: { env, app: name }, query });
  const pages =
    app === undefined ? await askApps(context, app, ask) : [await inApp(context, app, () => ask(app))];
  const pushes = pages
    .flatMap((page) => page.items)
    .sort((a, b) =>
      a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : b.revision - a.revision,
    )
    .slice(0, flags.limit);
  const ids = pushes.map((p) => p.id);
  const columns: Column<Push>[] = [
    { head: { en: 'PUSH', zh: '推送' }, cell: (p) => shortId(p.id, ids) },
    { head: { en: 'APP', zh: '应用' }, cell: (p) => p.app },
    { head: { en: 'WHAT', zh: '内容' }, cell: (p) => pushOfWhat(p) },
    { head: { en: 'MODE', zh: '模式' }, cell: (p) => modeWord(context, p.mode) },
    { head: { en: 'STATE', zh: '状态' }, cell: (p) => stateAndStep(context, p) },
    { head: { en: 'HOLDING', zh: '已持有' }, cell: (p) => `${p.verdict.holding}/${p.verdict.targets}` },
    { head: { en: 'WHO', zh: '作者' }, cell: (p) => p.createdBy },
    { head: { en: 'WHEN', zh: '时间' }, cell: (p) => p.createdAt },
    { head: { en: 'MESSAGE', zh: '说明' }, cell: (p) => p.message },
  ];
  await context.output.list(pushes, columns);
  return exitCode.ok;
}

function stateAndStep(context: Context, push: Push): string {
  const state = pushStateWord(context, push.state);
  const step = ['running', 'paused'].includes(push.state) ? stepText(context, push) : '';
  const [left, apps] = [appsLeft(push), push.linked?.apps ?? 0];
  const others =
    left === 0
      ? []
      : [
          context.say(
            { en: '{left}/{apps} apps not yet', zh: '{left}/{apps} 个应用尚未收敛' },
            { left, apps },
          ),
        ];
  return [state, ...(step === '' ? [] : [step]), ...others].join(', ');
}

/** `sluice push show`: where it is, the verdict so far, and every target. */
export async function showPush(context: Context, words: readonly string[]): Promise<ExitCode> {
  const found = await findPush(context, words);
  const api = await context.api();
  const push = await api.call(contracts.getPush, { params: pushParams(found) });
  const { items } = await api.call(contracts.listPushInstances, { params: pushParams(push) });
  const isJudged = push.mode === 'gray' && push.state !== 'planned' && push.state !== 'draft';
  const guardrail = isJudged
    ? await api.call(contracts.getPushGuardrail, { params: pushParams(push) })
    : undefined;
  context.output.note(
    standingOf(push) === 'moving' ? progressLine(context, push) : verdictSentence(context, push),
  );
  const linked = linkedSentence(context, push);
  if (linked !== '') context.output.note(linked);
  await context.output.one({ ...push, instances: items, ...(guardrail && { guardrail }) }, () =>
    [
      factsText(context, push),
      ...(guardrail ? [guardrailText(context, guardrail)] : []),
      ...(push.linked?.pushes?.length ? [linkedText(context, push.linked.pushes)] : []),
      targetsText(context, items),
    ].join('\n'),
  );
  return exitCode.ok;
}

function factsText(context: Context, push: Push): string {
  const { say, language } = context;
  const keys = push.namespaces.flatMap((n) => n.keys.map((k) => (k === '' ? n.name : `${n.name}.${k}`)));
  const approvals = push.approval?.given.map((given) => given.by).join(', ');
  return tableText(
    [say({ en: 'PUSH', zh: '推送' }), push.id],
    [
      [say({ en: 'of', zh: '内容' }), pushOfWhat(push)],
      [say({ en: 'keys', zh: '配置项' }), keys.join(', ')],
      [say({ en: 'to', zh: '范围' }), targetText(context, push.target)],
      [say({ en: 'state', zh: '状态' }), stateAndStep(context, push)],
      ...(push.step?.waits ?? []).map((wait) => [say({ en: 'waits for', zh: '等待' }), wait[language]]),
      ...(push.health ? [[say({ en: 'health', zh: '健康' }), healthText(context, push)]] : []),
      ...(push.ended ? [[say({ en: 'ended', zh: '结束原因' }), endText(context, push.ended)]] : []),
      ...(push.expiresAt ? [[say({ en: 'expires', zh: '到期' }), push.expiresAt]] : []),
      ...(push.twoPhase ? [[say({ en: 'two-phase', zh: '两阶段' }), say({ en: 'yes', zh: '是' })]] : []),
      ...(push.approval
        ? [
            [
              say({ en: 'approvals', zh: '审批' }),
              `${push.approval.given.length}/${push.approval.needed}${approvals ? ` (${approvals})` : ''}`,
            ],
          ]
        : []),
      ...(push.emergency ? [[say({ en: 'emergency', zh: '紧急发布' }), push.emergency]] : []),
      ...(push.of ? [[say({ en: 'rolled back', zh: '回滚的推送' }), push.of]] : []),
      [say({ en: 'by', zh: '作者' }), `${push.createdBy}, ${push.createdAt}`],
      ...(push.message ? [[say({ en: 'why', zh: '说明' }), push.message]] : []),
    ],
  );
}

/** The pushes that it made for apps that link what it released. */
function linkedText(context: Context, pushes: NonNullable<NonNullable<Push['linked']>['pushes']>): string {
  const { say } = context;
  return tableText(
    [
      say({ en: 'LINKING APP', zh: '链接应用' }),
      say({ en: 'NAMESPACE', zh: '命名空间' }),
      say({ en: 'STATE', zh: '状态' }),
      say({ en: 'HOLDING', zh: '已持有' }),
      say({ en: 'PUSH', zh: '推送' }),
    ],
    pushes.map(({ app, namespaces, state, verdict, push }) => [
      app,
      namespaces.join(', '),
      pushStateWord(context, state),
      `${verdict.holding}/${verdict.targets}`,
      push,
    ]),
  );
}

function targetsText(context: Context, items: readonly PushInstance[]): string {
  const { say } = context;
  return tableText(
    [
      say({ en: 'INSTANCE', zh: '实例' }),
      say({ en: 'STATE', zh: '状态' }),
      say({ en: 'MS', zh: '毫秒' }),
      say({ en: 'DIGEST', zh: '摘要' }),
      say({ en: 'ERROR', zh: '错误' }),
    ],
    items.map((i) => [
      i.instanceId,
      stateWord(context, i.state),
      String(i.ms ?? '-'),
      i.digest?.slice(0, 12) ?? '-',
      i.error ?? '',
    ]),
  );
}

/** `sluice push plan`: whom it changes, as it was confirmed or as it would be now. */
export async function planOfPush(context: Context, words: readonly string[]): Promise<ExitCode> {
  const push = await findPush(context, words);
  const plan = await (await context.api()).call(contracts.getPushPlan, { params: pushParams(push) });
  await showPlan(context, plan, { app: push.app, environment: push.environment, push: push.id });
  return exitCode.ok;
}

/** `sluice push watch`: follows a push to its verdict, or until it waits for somebody. */
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
