import type { AlertCondition, ErrorText } from '@sluice/core';
import { alertConditions, alertSeverities } from '@sluice/core';
import type { Command } from 'commander';
import type { AlertFilter, SettingFlags, SilenceFlags } from '../commands/alerts.ts';
import type { AddWebhookFlags, ChangeWebhookFlags } from '../commands/webhooks.ts';
import type { Declaring } from './declaring.ts';
import { given, names } from './delivery-values.ts';
import { duration, oneOf, wholeNumber } from './option-values.ts';
import { share } from './rule-values.ts';

/** The same words as the protocol's kinds, written out so that help needn't load every contract; tests hold them to it. */
export const webhookKindWords = ['generic', 'dingtalk', 'feishu', 'wecom', 'slack'] as const;
const weekMinutes = 10_080;

/** What goes wrong, and who is told. */
export function declareAlerts(program: Command, declaring: Declaring): void {
  declareAlert(program, declaring);
  declareWebhook(program, declaring);
}

function declareAlert(program: Command, { say, run }: Declaring): void {
  const alert = program
    .command('alert')
    .description(say({ en: 'what goes wrong without anybody looking', zh: '告警' }))
    .addHelpText('after', () => `\n${say(examples)}`);
  const forApp = (command: Command): Command =>
    command.option('--app <name>', say({ en: 'this app only', zh: '仅该应用' }), given('--app'));
  const ofCondition = (command: Command): Command =>
    command.option(
      '--condition <name>',
      say({ en: 'this condition only: errors, drifted, …', zh: '仅该条件：errors、drifted 等' }),
      oneOf('--condition', alertConditions),
    );
  ofCondition(
    forApp(alert.command('ls').description(say({ en: 'alerts, newest first', zh: '列出告警，最新在前' }))),
  )
    .option(
      '--state <state>',
      say({ en: 'firing or resolved', zh: 'firing（进行中）或 resolved（已恢复）' }),
      oneOf('--state', ['firing', 'resolved']),
    )
    .option('--limit <n>', say({ en: 'at most so many', zh: '最多条数' }), wholeNumber('--limit', 1, 200), 20)
    .action((flags: AlertFilter, command: Command) =>
      run(command, async (context) => (await import('../commands/alerts.ts')).listAlerts(context, flags)),
    );
  alert
    .command('ack <alert>')
    .description(say({ en: 'say that you look after it', zh: '声明由你处理' }))
    .option('-m, --message <what>', say({ en: 'what you do about it', zh: '打算怎么处理' }))
    .action((id: string, flags: { message?: string }, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/alerts.ts')).acknowledgeAlert(context, id, flags),
      ),
    );
  ofCondition(
    forApp(
      alert
        .command('silence')
        .description(say({ en: 'send nothing of it to webhooks for a while', zh: '暂时不向 Webhook 发送' })),
    ),
  )
    .option(
      '--minutes <n>',
      say({ en: 'for so long', zh: '持续分钟数' }),
      wholeNumber('--minutes', 1, weekMinutes),
      60,
    )
    .option('--reason <why>', say({ en: 'why; everybody sees it', zh: '原因，所有人可见' }))
    .action((flags: SilenceFlags, command: Command) =>
      run(command, async (context) => (await import('../commands/alerts.ts')).silenceAlerts(context, flags)),
    );
  alert
    .command('silences')
    .description(say({ en: 'silences in force', zh: '列出生效中的静默' }))
    .action((_flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/alerts.ts')).listSilences(context)),
    );
  alert
    .command('unsilence <silence>')
    .description(say({ en: 'end a silence now', zh: '立即结束静默' }))
    .action((id: string, _flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/alerts.ts')).endSilence(context, id)),
    );
  forApp(
    alert
      .command('settings')
      .description(say({ en: 'when each condition raises an alert', zh: '每个条件何时发出告警' })),
  ).action((flags: { app?: string }, command: Command) =>
    run(command, async (context) => (await import('../commands/alerts.ts')).listSettings(context, flags)),
  );
  forApp(
    alert
      .command('set <condition>')
      .description(say({ en: 'say when a condition raises an alert', zh: '设定某个条件何时告警' })),
  )
    .option('--on', say({ en: 'watch it', zh: '监视' }))
    .option('--off', say({ en: 'do not watch it', zh: '不监视' }))
    .option(
      '--severity <name>',
      say({ en: 'info, warning or critical', zh: 'info、warning 或 critical' }),
      oneOf('--severity', alertSeverities),
    )
    .option(
      '--for <time>',
      say({ en: 'only when it has held for so long', zh: '持续多久才告警' }),
      duration('--for'),
    )
    .option(
      '--threshold <share>',
      say({ en: 'from this share on: 0.05 or 5%', zh: '达到该比例：0.05 或 5%' }),
      share('--threshold'),
    )
    .option(
      '--min-calls <n>',
      say({ en: 'of at least so many calls in a minute', zh: '一分钟内至少多少次调用' }),
      wholeNumber('--min-calls', 1, 1_000_000),
    )
    .option('--reset', say({ en: 'take back what was said there', zh: '恢复为原来的设定' }))
    .action((text: string, flags: SettingFlags, command: Command) =>
      run(command, async (context) => {
        const condition: AlertCondition = oneOf('condition', alertConditions)(text);
        return (await import('../commands/alerts.ts')).changeSetting(context, condition, flags);
      }),
    );
}

function declareWebhook(program: Command, { say, run }: Declaring): void {
  const webhook = program
    .command('webhook')
    .description(say({ en: 'who is told of alerts', zh: '告警通知谁' }));
  webhook
    .command('ls')
    .description(
      say({ en: 'webhooks, and what came of the last message', zh: '列出 Webhook 及最近一次发送结果' }),
    )
    .action((_flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/webhooks.ts')).listWebhooks(context)),
    );
  const said = (command: Command): Command =>
    command
      .option('--name <name>', say({ en: 'how it is listed', zh: '显示名称' }))
      .option(
        '--url <address>',
        say({ en: 'where to; - reads it from standard input', zh: '地址；- 表示从标准输入读取' }),
      )
      .option(
        '--severity <name>',
        say({ en: 'from this severity on (default warning)', zh: '最低级别（默认 warning）' }),
        oneOf('--severity', alertSeverities),
      )
      .option(
        '--language <language>',
        say({ en: 'en or zh', zh: 'en 或 zh' }),
        oneOf('--language', ['en', 'zh']),
      )
      .option(
        '--conditions <names>',
        say({
          en: 'of these only: errors,drifted (default all)',
          zh: '仅这些条件：errors,drifted（默认全部）',
        }),
        (text) => names('--conditions')(text).map(oneOf('--conditions', alertConditions)),
      );
  said(
    webhook.command('add').description(
      say({
        en: 'tell an address of alerts; a secret to sign with comes from SLUICE_WEBHOOK_SECRET',
        zh: '添加 Webhook；签名密钥取自 SLUICE_WEBHOOK_SECRET',
      }),
    ),
  )
    .option(
      '--kind <kind>',
      say({
        en: 'generic, dingtalk, feishu, wecom or slack',
        zh: 'generic、dingtalk、feishu、wecom 或 slack',
      }),
      oneOf('--kind', webhookKindWords),
      'generic',
    )
    .option('--app <name>', say({ en: 'this app only', zh: '仅该应用' }), given('--app'))
    .action((flags: AddWebhookFlags, command: Command) =>
      run(command, async (context) => (await import('../commands/webhooks.ts')).addWebhook(context, flags)),
    );
  said(
    webhook.command('change <webhook>').description(
      say({
        en: 'what is named becomes so, all else stays; a new secret comes from SLUICE_WEBHOOK_SECRET',
        zh: '修改所指定的内容，其余不变；新的签名密钥取自 SLUICE_WEBHOOK_SECRET',
      }),
    ),
  )
    .option('--no-conditions', say({ en: 'of all conditions', zh: '全部条件' }))
    .option('--no-secret', say({ en: 'sign nothing any more', zh: '不再签名' }))
    .action((id: string, flags: ChangeWebhookFlags, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/webhooks.ts')).changeWebhook(context, id, flags),
      ),
    );
  webhook
    .command('test <webhook>')
    .description(
      say({ en: 'send a test now; exit 1 when it is not taken', zh: '立即发送测试；未接收时退出码为 1' }),
    )
    .action((id: string, _flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/webhooks.ts')).testWebhook(context, id)),
    );
  for (const [word, isOn] of [
    ['on', true],
    ['off', false],
  ] as const)
    webhook
      .command(`${word} <webhook>`)
      .description(
        say(isOn ? { en: 'tell it again', zh: '启用' } : { en: 'tell it nothing for now', zh: '停用' }),
      )
      .action((id: string, _flags: unknown, command: Command) =>
        run(command, async (context) =>
          (await import('../commands/webhooks.ts')).turnWebhook(context, id, isOn),
        ),
      );
  webhook
    .command('rm <webhook>')
    .description(say({ en: 'tell it nothing any more', zh: '移除' }))
    .action((id: string, _flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/webhooks.ts')).removeWebhook(context, id)),
    );
}

const examples: ErrorText = {
  en: `Examples:
  sluice alert ls --state firing
  sluice alert silence --app order-api --minutes 30 --reason "a load test"
  sluice alert set errors --app order-api --threshold 5% --for 30s`,
  zh: `示例：
  sluice alert ls --state firing
  sluice alert silence --app order-api --minutes 30 --reason "压测"
  sluice alert set errors --app order-api --threshold 5% --for 30s`,
};
