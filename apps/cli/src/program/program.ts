import type { ErrorText, Language } from '@sluice/core';
import { Command } from 'commander';
import type { Context } from '../context.ts';
import type { ExitCode } from '../failure/exit-code.ts';
import { ServerError } from '../failure/server-error.ts';
import type { Io } from '../host/io.ts';
import { displayWidth } from '../host/terminal-text.ts';
import type { GlobalFlags } from '../settings/settings.ts';
import { ownVersion } from '../version.ts';
import { declareAccess } from './declare-access.ts';
import { declareAccounts } from './declare-accounts.ts';
import { declareAlerts } from './declare-alerts.ts';
import { declareAudit } from './declare-audit.ts';
import { declareConfig } from './declare-config.ts';
import { declareDrill } from './declare-drill.ts';
import { declareFiles } from './declare-files.ts';
import { declareFleet } from './declare-fleet.ts';
import { declareLocal } from './declare-local.ts';
import { declarePlaces } from './declare-places.ts';
import { declarePublic } from './declare-public.ts';
import { declarePush } from './declare-push.ts';
import { declareRules } from './declare-rules.ts';
import { declareSafety } from './declare-safety.ts';
import { declareTraffic } from './declare-traffic.ts';
import type { Declaring } from './declaring.ts';
import { outputFormat } from './option-values.ts';

const titles: Readonly<Record<string, string>> = {
  'Usage:': '用法：',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Global Options:': '全局选项：',
  'Commands:': '命令：',
};

export interface ProgramOptions {
  readonly io: Io;
  readonly language: Language;
  readonly contextFor: (flags: GlobalFlags) => Context;
  readonly done: (code: ExitCode) => void;
}

/** The whole command line, declared. Throws instead of ending the process. */
export function createProgram({ io, language, contextFor, done }: ProgramOptions): Command {
  const say = (text: ErrorText): string => text[language];
  const program = new Command('sluice')
    .description(
      say({
        en: 'Config center and circuit-breaker control plane for Node.js fleets',
        zh: '面向 Node.js 集群的配置中心与熔断控制台',
      }),
    )
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out.write(text),
      writeErr: (text) => io.err.write(text),
      outputError: () => undefined,
    })
    .configureHelp({
      showGlobalOptions: true,
      displayWidth,
      styleTitle: (title) => (language === 'zh' ? (titles[title] ?? title) : title),
    })
    .helpOption('-h, --help', say({ en: 'show this help', zh: '显示帮助' }))
    .helpCommand('help [command]', say({ en: 'help for a command', zh: '显示命令的帮助' }))
    .version(ownVersion(), '-V, --version', say({ en: 'show the version', zh: '显示版本' }))
    .option(
      '--server <url>',
      say({ en: 'address of the server (SLUICE_SERVER)', zh: '服务器地址（SLUICE_SERVER）' }),
    )
    .option(
      '--token <secret>',
      say({
        en: 'API token; better SLUICE_TOKEN or "sluice login", which leave no trace in the history',
        zh: 'API 令牌；建议使用 SLUICE_TOKEN 或 "sluice login"，以免留在历史记录中',
      }),
    )
    .option('--env <name>', say({ en: 'environment (SLUICE_ENV)', zh: '环境（SLUICE_ENV）' }))
    .option(
      '-o, --output <format>',
      say({ en: 'table, json, yaml or ndjson', zh: '输出格式：table、json、yaml 或 ndjson' }),
      outputFormat,
    )
    .option('-q, --quiet', say({ en: 'no progress and no hints', zh: '不显示进度和提示' }))
    .option('--no-color', say({ en: 'no colours (NO_COLOR)', zh: '不使用颜色（NO_COLOR）' }))
    .option('--lang <language>', say({ en: 'en or zh (SLUICE_LANG)', zh: '语言：en 或 zh（SLUICE_LANG）' }))
    .addHelpText('after', `\n${say(exitCodes)}`);
  const declaring: Declaring = {
    say,
    async run(command, action) {
      const context = contextFor(command.optsWithGlobals<GlobalFlags>());
      try {
        done(await action(context));
      } catch (error) {
        if (!(error instanceof ServerError) || error.code !== 'forbidden') throw error;
        const { sayingWhoCan } = await import('../failure/who-can.ts');
        throw await sayingWhoCan(context, error);
      }
    },
  };
  for (const declare of [
    declareConfig,
    declarePlaces,
    declarePublic,
    declareFiles,
    declarePush,
    declareFleet,
    declareTraffic,
    declareRules,
    declareSafety,
    declareAlerts,
    declareDrill,
    declareAccess,
    declareAccounts,
    declareAudit,
    declareLocal,
  ])
    declare(program, declaring);
  return program;
}

const exitCodes: ErrorText = {
  en: `Exit codes: 0 ok, 1 failure or difference, 2 usage, 3 partly applied, 4 not allowed, 5 conflict,
6 guardrail, 7 timeout, 8 unreachable. Data goes to standard output, everything else to standard error.`,
  zh: `退出码：0 成功，1 失败或有差异，2 用法错误，3 部分生效，4 无权限，5 冲突，6 触发护栏，
7 超时，8 无法连接。数据写入标准输出，其余信息写入标准错误。`,
};
