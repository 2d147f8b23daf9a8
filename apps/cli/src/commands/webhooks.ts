import type { AlertCondition, AlertSeverity, Language } from '@sluice/core';
import type { Webhook, WebhookKind } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import type { Column } from '../output/output.ts';

/** `sluice webhook ls`: who is told of alerts. */
export async function listWebhooks(context: Context): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const { items } = await api.call(contracts.listWebhooks, { params: { env } });
  await context.output.list(items, columns);
  return exitCode.ok;
}

export interface AddWebhookFlags {
  readonly name?: string;
  readonly kind: WebhookKind;
  /** `-`: standard input, so that a key in it leaves no trace in the history. */
  readonly url?: string;
  readonly app?: string;
  readonly severity?: AlertSeverity;
  readonly language?: Language;
  readonly conditions?: readonly AlertCondition[];
}

/** `sluice webhook add`. The secret that signs what is sent comes from the environment. */
export async function addWebhook(context: Context, flags: AddWebhookFlags): Promise<ExitCode> {
  const { name, kind, app, severity, language, conditions } = flags;
  const asked = flags.url === '-' ? await typed(context) : flags.url;
  if (name === undefined || asked === undefined || asked === '')
    throw usageError(
      { en: 'Who is told, and where?', zh: '通知谁，发往哪里？' },
      {
        en: 'Give --name and --url; --url - reads the address from standard input.',
        zh: '请给出 --name 和 --url；--url - 表示从标准输入读取地址。',
      },
    );
  const secret = context.io.env.SLUICE_WEBHOOK_SECRET;
  const [api, env] = [await context.api(), await context.environment()];
  const made = await api.call(contracts.createWebhook, {
    params: { env },
    body: {
      name,
      kind,
      url: asked,
      ...(secret && { secret }),
      ...(app !== undefined && { app }),
      ...(severity !== undefined && { severity }),
      ...(conditions !== undefined && { conditions: [...conditions] }),
      language: language ?? context.language,
    },
  });
  await context.output.list([made], columns);
  return exitCode.ok;
}

export interface ChangeWebhookFlags extends Partial<Omit<AddWebhookFlags, 'kind' | 'app' | 'conditions'>> {
  /** `false` for `--no-conditions`: of all of them. */
  readonly conditions?: readonly AlertCondition[] | false;
  /** `false` for `--no-secret`: what is sent is not signed any more. */
  readonly secret?: boolean;
}

/** `sluice webhook change`: what is named becomes so, all else stays; a new secret comes from the environment. */
export async function changeWebhook(
  context: Context,
  webhook: string,
  flags: ChangeWebhookFlags,
): Promise<ExitCode> {
  const { name, severity, language, conditions, secret } = flags;
  const url = flags.url === '-' ? await typed(context) : flags.url;
  const signs = context.io.env.SLUICE_WEBHOOK_SECRET;
  const body = {
    ...(name !== undefined && { name }),
    ...(url !== undefined && { url }),
    ...(severity !== undefined && { severity }),
    ...(language !== undefined && { language }),
    ...(conditions !== undefined && { conditions: conditions === false ? null : [...conditions] }),
    ...(secret === false ? { secret: null } : signs ? { secret: signs } : {}),
  };
  if (Object.keys(body).length === 0)
    throw usageError(
      { en: 'What shall change?', zh: '请指定要修改的内容。' },
      {
        en: 'Add --name, --url, --severity, --language or --conditions; or set SLUICE_WEBHOOK_SECRET.',
        zh: '请加上 --name、--url、--severity、--language 或 --conditions；或设置 SLUICE_WEBHOOK_SECRET。',
      },
    );
  const [api, env] = [await context.api(), await context.environment()];
  await context.output.list(
    [await api.call(contracts.changeWebhook, { params: { env, webhook }, body })],
    columns,
  );
  return exitCode.ok;
}

const typed = async (context: Context): Promise<string> =>
  Buffer.from(await context.io.readStdin())
    .toString('utf8')
    .trim();

/** `sluice webhook test`: sends a message that says that it is a test; 1 when it wasn't taken. */
export async function testWebhook(context: Context, webhook: string): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const outcome = await api.call(contracts.testWebhook, { params: { env, webhook } });
  const { say } = context;
  await context.output.one(outcome, () =>
    say(
      outcome.ok
        ? {
            en: 'Taken ({status}) after {ms} ms: {reply}\n',
            zh: '已接收（{status}），耗时 {ms} 毫秒：{reply}\n',
          }
        : { en: 'Not taken ({status}): {reply}\n', zh: '未接收（{status}）：{reply}\n' },
      { status: outcome.status ?? '-', ms: outcome.tookMs, reply: outcome.reply },
    ),
  );
  return outcome.ok ? exitCode.ok : exitCode.failure;
}

/** `sluice webhook on` and `off`. */
export async function turnWebhook(context: Context, webhook: string, enabled: boolean): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const after = await api.call(contracts.changeWebhook, { params: { env, webhook }, body: { enabled } });
  await context.output.list([after], columns);
  return exitCode.ok;
}

/** `sluice webhook rm`: what waits is not sent any more. */
export async function removeWebhook(context: Context, webhook: string): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  await api.call(contracts.deleteWebhook, { params: { env, webhook } });
  context.output.note(context.say({ en: 'It is told nothing any more.', zh: '不再向它发送任何消息。' }));
  return exitCode.ok;
}

const columns: Column<Webhook>[] = [
  { head: { en: 'WEBHOOK', zh: 'WEBHOOK' }, cell: (row) => row.id },
  { head: { en: 'NAME', zh: '名称' }, cell: (row) => row.name },
  { head: { en: 'KIND', zh: '类型' }, cell: (row) => row.kind },
  { head: { en: 'TO', zh: '发往' }, cell: (row) => row.origin },
  { head: { en: 'APP', zh: '应用' }, cell: (row) => row.app ?? '*' },
  { head: { en: 'FROM', zh: '最低级别' }, cell: (row) => row.severity },
  { head: { en: 'OF', zh: '条件' }, cell: (row) => row.conditions?.join(' ') ?? '*' },
  { head: { en: 'STATE', zh: '状态' }, cell: (row) => (row.enabled ? 'on' : 'off') },
  { head: { en: 'WAITING', zh: '待发' }, cell: (row) => String(row.waiting) },
  {
    head: { en: 'LAST', zh: '最近' },
    cell: ({ last }) => (last ? `${last.ok ? 'ok' : 'failed'} ${last.at}` : '-'),
  },
];
