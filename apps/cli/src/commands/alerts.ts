import type { AlertCondition, AlertSeverity, ErrorText } from '@sluice/core';
import type { Alert, AlertSettingNow, AlertSilence } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import type { Column } from '../output/output.ts';
import { inApp } from '../reference/missing.ts';

export interface AlertFilter {
  readonly app?: string;
  readonly condition?: AlertCondition;
  readonly state?: 'firing' | 'resolved';
  readonly limit: number;
}

/** `sluice alert ls`: what is wrong now and was before, the newest first. */
export async function listAlerts(context: Context, flags: AlertFilter): Promise<ExitCode> {
  const { app, condition, state, limit } = flags;
  const { items, next } = await inPlace(context, app, async (env) =>
    (await context.api()).call(contracts.listAlerts, {
      params: { env },
      query: {
        limit: String(limit),
        ...(app !== undefined && { app }),
        ...(condition !== undefined && { condition }),
        ...(state !== undefined && { state }),
      },
    }),
  );
  await context.output.list(items, alertColumns(context));
  const { say, output } = context;
  if (items.length === 0) output.note(say({ en: 'No alert.', zh: '没有告警。' }));
  if (next !== undefined) output.note(say({ en: 'There are older ones.', zh: '还有更早的告警。' }));
  return exitCode.ok;
}

/** `sluice alert ack`: somebody looks after it. */
export async function acknowledgeAlert(
  context: Context,
  alert: string,
  flags: { readonly message?: string },
): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const after = await api.call(contracts.acknowledgeAlert, {
    params: { env, alert },
    body: { note: flags.message ?? '' },
  });
  await context.output.list([after], alertColumns(context));
  return exitCode.ok;
}

export interface SilenceFlags {
  readonly app?: string;
  readonly condition?: AlertCondition;
  readonly minutes: number;
  readonly reason?: string;
}

/** `sluice alert silence`: nothing of it goes to webhooks for a while. */
export async function silenceAlerts(context: Context, flags: SilenceFlags): Promise<ExitCode> {
  const { app, condition, minutes, reason } = flags;
  if (reason === undefined || reason.trim() === '')
    throw usageError(
      { en: 'Why?', zh: '请说明原因。' },
      { en: 'Add --reason "<why>": everybody sees it.', zh: '请加上 --reason "<原因>"，所有人可见。' },
    );
  const silence = await inPlace(context, app, async (env) =>
    (await context.api()).call(contracts.createAlertSilence, {
      params: { env },
      body: {
        ...(app !== undefined && { app }),
        ...(condition !== undefined && { condition }),
        minutes,
        reason,
      },
    }),
  );
  await context.output.list([silence], silenceColumns);
  return exitCode.ok;
}

/** `sluice alert silences`: those in force. */
export async function listSilences(context: Context): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const { items } = await api.call(contracts.listAlertSilences, { params: { env } });
  await context.output.list(items, silenceColumns);
  return exitCode.ok;
}

/** `sluice alert unsilence`: ends one now. */
export async function endSilence(context: Context, silence: string): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  await api.call(contracts.endAlertSilence, { params: { env, silence } });
  context.output.note(context.say({ en: 'The silence has ended.', zh: '静默已结束。' }));
  return exitCode.ok;
}

/** `sluice alert settings`: when each condition raises an alert. */
export async function listSettings(context: Context, flags: { readonly app?: string }): Promise<ExitCode> {
  const { app } = flags;
  const { items } = await inPlace(context, app, async (env) =>
    (await context.api()).call(contracts.listAlertSettings, {
      params: { env },
      query: { ...(app !== undefined && { app }) },
    }),
  );
  await context.output.list(items, settingColumns(context));
  return exitCode.ok;
}

export interface SettingFlags {
  readonly app?: string;
  readonly on?: boolean;
  readonly off?: boolean;
  readonly severity?: AlertSeverity;
  /** Milliseconds. */
  readonly for?: number;
  readonly threshold?: number;
  readonly minCalls?: number;
  readonly reset?: boolean;
}

/** `sluice alert set`: says when one does, or takes back what was said there. */
export async function changeSetting(
  context: Context,
  condition: AlertCondition,
  flags: SettingFlags,
): Promise<ExitCode> {
  const { app, on, off, severity, for: forMs, threshold, minCalls, reset } = flags;
  const asked = {
    ...((on || off) && { enabled: on === true }),
    ...(severity !== undefined && { severity }),
    ...(forMs !== undefined && { forSec: Math.round(forMs / 1000) }),
    ...(threshold !== undefined && { threshold }),
    ...(minCalls !== undefined && { minCalls }),
  };
  if ((on && off) || (Object.keys(asked).length === 0) !== (reset === true))
    throw usageError(
      { en: 'What shall it be?', zh: '要改成什么？' },
      {
        en: 'Give --on or --off, --severity, --for, --threshold or --min-calls, or --reset alone.',
        zh: '请给出 --on 或 --off、--severity、--for、--threshold 或 --min-calls；或单独使用 --reset。',
      },
    );
  const before = await inPlace(context, app, async (env) =>
    (await context.api()).call(contracts.listAlertSettings, {
      params: { env },
      query: { ...(app !== undefined && { app }) },
    }),
  );
  const now = before.items.find((each) => each.condition === condition);
  const back = {
    enabled: null,
    severity: null,
    forSec: null,
    ...(now?.threshold !== undefined && { threshold: null }),
    ...(now?.minCalls !== undefined && { minCalls: null }),
  };
  const [api, env] = [await context.api(), await context.environment()];
  const after = await api.call(contracts.changeAlertSetting, {
    params: { env, condition },
    body: { ...(reset ? back : asked), ...(app !== undefined && { app }) },
  });
  await context.output.list([after], settingColumns(context));
  return exitCode.ok;
}

/** Says which name was probably meant where the environment or the app is unknown. */
const inPlace = <T>(
  context: Context,
  app: string | undefined,
  ask: (env: string) => Promise<T>,
): Promise<T> => inApp(context, app ?? '', async () => ask(await context.environment()));

const stateWords: Readonly<Record<AlertSeverity | 'resolved', ErrorText>> = {
  info: { en: 'info', zh: '提示' },
  warning: { en: 'warning', zh: '警告' },
  critical: { en: 'critical', zh: '严重' },
  resolved: { en: 'resolved', zh: '已恢复' },
};

const alertColumns = ({ language, say }: Context): Column<Alert>[] => [
  { head: { en: 'SINCE', zh: '开始' }, cell: (row) => row.firedAt },
  {
    head: { en: 'STATE', zh: '状态' },
    cell: (row) => say(stateWords[row.state === 'firing' ? row.severity : row.state]),
  },
  { head: { en: 'APP', zh: '应用' }, cell: (row) => row.app ?? '-' },
  { head: { en: 'CONDITION', zh: '条件' }, cell: (row) => row.condition },
  { head: { en: 'WHAT', zh: '内容' }, cell: (row) => row.text[language] },
  { head: { en: 'LOOKED AFTER BY', zh: '处理人' }, cell: (row) => row.acknowledged?.by ?? '-' },
  { head: { en: 'ALERT', zh: '告警' }, cell: (row) => row.id },
];

const silenceColumns: Column<AlertSilence>[] = [
  { head: { en: 'SILENCE', zh: '静默' }, cell: (row) => row.id },
  { head: { en: 'APP', zh: '应用' }, cell: (row) => row.app ?? '*' },
  { head: { en: 'CONDITION', zh: '条件' }, cell: (row) => row.condition ?? '*' },
  { head: { en: 'UNTIL', zh: '直到' }, cell: (row) => row.until },
  { head: { en: 'BY', zh: '操作者' }, cell: (row) => row.createdBy },
  { head: { en: 'WHY', zh: '原因' }, cell: (row) => row.reason },
];

const settingColumns = ({ language, say }: Context): Column<AlertSettingNow>[] => [
  { head: { en: 'CONDITION', zh: '条件' }, cell: (row) => row.condition },
  { head: { en: 'WHAT', zh: '内容' }, cell: (row) => row.title[language] },
  {
    head: { en: 'WATCHED', zh: '监视' },
    cell: (row) => say(row.enabled ? { en: 'on', zh: '开' } : { en: 'off', zh: '关' }),
  },
  { head: { en: 'SEVERITY', zh: '级别' }, cell: (row) => say(stateWords[row.severity]) },
  { head: { en: 'FOR', zh: '持续' }, cell: (row) => `${row.forSec} s` },
  {
    head: { en: 'FROM', zh: '达到' },
    cell: (row) => (row.threshold === undefined ? '-' : `${Math.round(row.threshold * 1000) / 10}%`),
  },
  { head: { en: 'CALLS', zh: '调用数' }, cell: (row) => String(row.minCalls ?? '-') },
  { head: { en: 'SAID BY', zh: '来源' }, cell: (row) => row.from },
];
