import type { ErrorText, RuleMode } from '@sluice/core';
import type { Command } from 'commander';
import { logFormats, logKeys } from '../access-log/log-words.ts';
import type { LintFlags } from '../commands/rule-lint.ts';
import type { ModeFlags } from '../commands/rule-mode.ts';
import type { PredictFlags } from '../commands/rule-predict.ts';
import type { ReplayFlags } from '../commands/rule-replay.ts';
import type { Declaring } from './declaring.ts';
import { given, moment } from './delivery-values.ts';
import { oneOf, wholeNumber } from './option-values.ts';
import { resourceNames, share } from './rule-values.ts';
import { withDeliveryOptions, withWriteOptions } from './write-options.ts';

/** Protection rules: looked at, tried before they block, and put in and out of force. */
export function declareRules(program: Command, declaring: Declaring): void {
  const { say, run } = declaring;
  const rule = program
    .command('rule')
    .description(say({ en: 'protection rules', zh: '防护规则' }))
    .addHelpText('after', () => `\n${say(examples)}`);
  rule
    .command('ls <app>')
    .description(say({ en: 'live rules of an app', zh: '列出应用的生效规则' }))
    .option(
      '--namespace <name>',
      say({ en: 'only of this namespace', zh: '仅该命名空间' }),
      given('--namespace'),
    )
    .action((app: string, flags: { namespace?: string }, command: Command) =>
      run(command, async (context) => (await import('../commands/rules.ts')).listRules(context, app, flags)),
    );
  rule
    .command('show <app> <namespace.rule>')
    .description(
      say({ en: 'one rule, and what it did in the last minute', zh: '查看规则及其最近一分钟的效果' }),
    )
    .action((app: string, text: string, _flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/rules.ts')).showRule(context, app, text)),
    );
  rule
    .command('lint [app] [namespace]')
    .description(
      say({
        en: 'look for mistakes, in live rules or in a file; exit 1 when there are errors',
        zh: '检查生效规则或文件中的错误；存在错误时退出码为 1',
      }),
    )
    .option(
      '-f, --file <path>',
      say({
        en: 'rules by id, JSON or YAML; - is standard input',
        zh: '按标识列出的规则（JSON 或 YAML）；- 表示标准输入',
      }),
    )
    .action((app: string | undefined, ns: string | undefined, flags: LintFlags, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/rule-lint.ts')).lint(context, app, ns, flags),
      ),
    );
  declareTrials(rule, declaring);
  for (const mode of ['monitor', 'intercept', 'off'] as const) declareMode(rule, mode, declaring);
}

/** What a rule would do: predict and replay. */
function declareTrials(rule: Command, { say, run }: Declaring): void {
  const since = (command: Command): Command =>
    command
      .option('--from <moment>', say({ en: 'calls since then', zh: '自该时刻起的调用' }), moment('--from'))
      .option('--to <moment>', say({ en: 'calls until then', zh: '到该时刻为止的调用' }), moment('--to'))
      .option(
        '--seed <n>',
        say({ en: 'of everything left to chance (default 1)', zh: '随机种子（默认 1）' }),
        wholeNumber('--seed', 0, 0xffff_ffff),
      );
  since(
    rule
      .command('predict <app> [namespace.rule]')
      .description(
        say({ en: 'what it would block, from recorded calls', zh: '根据记录的调用预测规则会拦截什么' }),
      )
      .option(
        '-f, --file <path>',
        say({
          en: 'a draft of the rule, JSON or YAML; - is standard input',
          zh: '规则草稿（JSON 或 YAML）；- 表示标准输入',
        }),
      )
      .option(
        '--share <x>',
        say({
          en: 'also the smallest limit that blocks at most this share: 0.01 or 1% (default)',
          zh: '并给出拦截比例不超过该值的最小限额：0.01 或 1%（默认）',
        }),
        share('--share'),
      ),
  ).action((app: string, text: string | undefined, flags: PredictFlags, command: Command) =>
    run(command, async (context) =>
      (await import('../commands/rule-predict.ts')).predict(context, app, text, flags),
    ),
  );
  since(
    rule
      .command('replay [app]')
      .description(
        say({
          en: 'decide recorded calls again under other rules, or those of an access log, on this machine',
          zh: '用其他规则重新判定记录的调用，或在本机回放访问日志',
        }),
      )
      .option(
        '--rules <path>',
        say({ en: 'the rules, JSON or YAML, by id', zh: '规则文件（JSON 或 YAML），按标识列出' }),
      )
      .option(
        '--namespace <name>',
        say({ en: 'they stand in place of this namespace', zh: '用其替换该命名空间的规则' }),
        given('--namespace'),
      )
      .option(
        '--log <path>',
        say({
          en: 'an access log, plain or gzip; - is standard input',
          zh: '访问日志，可为 gzip；- 表示标准输入',
        }),
      )
      .option(
        '--format <format>',
        say({ en: 'log: common or combined (default)', zh: '日志格式：common 或 combined（默认）' }),
        oneOf('--format', logFormats),
      )
      .option(
        '--resource-from <what>',
        say({
          en: 'log: how requests are named: request ("GET /a", default), path, or routes like "GET /books/:id,/*"',
          zh: '日志：如何命名请求：request（“GET /a”，默认）、path，或路由，如 "GET /books/:id,/*"',
        }),
        resourceNames,
      )
      .option(
        '--key <what>',
        say({
          en: 'log: whom to tell apart: ip (default), user, user-agent, referer',
          zh: '日志：按什么区分调用方：ip（默认）、user、user-agent、referer',
        }),
        oneOf('--key', logKeys),
      ),
  ).action((app: string | undefined, flags: ReplayFlags, command: Command) =>
    run(command, async (context) => (await import('../commands/rule-replay.ts')).replay(context, app, flags)),
  );
}

const modeTexts: Readonly<Record<RuleMode, ErrorText>> = {
  monitor: {
    en: 'let rules count what they would block, and block nothing',
    zh: '监控：只统计会拦截的调用，不拦截',
  },
  intercept: { en: 'let rules block', zh: '拦截：让规则开始拦截' },
  off: { en: 'put rules out of force', zh: '停用规则' },
};

function declareMode(rule: Command, mode: RuleMode, declaring: Declaring): void {
  const command = rule
    .command(`${mode} <app> <namespace.rule...>`)
    .description(declaring.say(modeTexts[mode]));
  withDeliveryOptions(withWriteOptions(command, declaring), declaring).action(
    (app: string, rules: string[], flags: ModeFlags, own: Command) =>
      declaring.run(own, async (context) =>
        (await import('../commands/rule-mode.ts')).setRuleMode(context, app, rules, mode, flags),
      ),
  );
}

const examples: ErrorText = {
  en: `Examples:
  sluice rule lint order-api
  sluice rule predict order-api guard.pay --share 1%
  sluice rule intercept order-api guard.pay --steps 5,25,100 --bake 10m -m "seen for a day"
  sluice rule replay --log access.log --rules rules.json --resource-from '/*'`,
  zh: `示例：
  sluice rule lint order-api
  sluice rule predict order-api guard.pay --share 1%
  sluice rule intercept order-api guard.pay --steps 5,25,100 --bake 10m -m "已观察一天"
  sluice rule replay --log access.log --rules rules.json --resource-from '/*'`,
};
