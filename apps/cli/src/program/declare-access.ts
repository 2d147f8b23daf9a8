import type { Command } from 'commander';
import type { LoginFlags } from '../commands/login.ts';
import type { TokenFlags } from '../commands/token.ts';
import type { Declaring } from './declaring.ts';
import { oneOf, wholeNumber } from './option-values.ts';

/** The same words as the protocol's `roles`, written out so that help needn't load every contract; tests hold them to it. */
const roleWords = ['viewer', 'editor', 'publisher', 'drillOperator', 'admin', 'auditor'] as const;

/** Who one is: login, whoami, token. */
export function declareAccess(program: Command, declaring: Declaring): void {
  const { say, run } = declaring;
  const role = oneOf('--role', roleWords);
  program
    .command('login')
    .description(say({ en: 'keep a token for a server', zh: '登录并保存令牌' }))
    .option('--token-stdin', say({ en: 'read a token from standard input', zh: '从标准输入读取令牌' }))
    .option(
      '--user <name>',
      say({
        en: 'sign in with a password; a token for 30 days is made and kept',
        zh: '用密码登录，自动创建并保存 30 天有效的令牌',
      }),
    )
    .option(
      '--password-stdin',
      say({ en: 'read the password from standard input', zh: '从标准输入读取密码' }),
    )
    .option(
      '--role <role>',
      say({ en: 'role of that token; else your strongest', zh: '该令牌的角色；默认为你的最高角色' }),
      role,
    )
    .action((flags: LoginFlags, command: Command) =>
      run(command, async (context) => (await import('../commands/login.ts')).login(context, flags)),
    );
  program
    .command('whoami')
    .description(say({ en: 'as whom the server sees you', zh: '查看当前身份' }))
    .action((_flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/whoami.ts')).whoami(context)),
    );
  program
    .command('token')
    .description(say({ en: 'tokens of apps and scripts', zh: '应用和脚本的令牌' }))
    .command('create')
    .description(
      say({
        en: 'make a token; its secret goes to standard output, once',
        zh: '创建令牌；密钥只在标准输出显示一次',
      }),
    )
    .option('--app <name>', say({ en: 'the app it is for', zh: '所属应用' }))
    .option('--name <name>', say({ en: 'how it is listed', zh: '显示名称' }))
    .option(
      '--kind <kind>',
      say({
        en: 'client (processes of an app) or api (a script, with a role)',
        zh: 'client（应用进程）或 api（脚本，带角色）',
      }),
      oneOf('--kind', ['client', 'api']),
      'client',
    )
    .option('--role <role>', say({ en: 'role of an api token', zh: 'api 令牌的角色' }), role)
    .option(
      '--expires-in-days <n>',
      say({ en: 'in force for so many days', zh: '有效天数' }),
      wholeNumber('--expires-in-days', 1, 3650),
    )
    .action((flags: TokenFlags, command: Command) =>
      run(command, async (context) => (await import('../commands/token.ts')).createToken(context, flags)),
    );
}
