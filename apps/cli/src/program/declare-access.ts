import type { Command } from 'commander';
import type { LoginFlags } from '../commands/login.ts';
import type { TokenFlags } from '../commands/token.ts';
import type { RotateFlags, TokenListFlags } from '../commands/token-list.ts';
import type { Declaring } from './declaring.ts';
import { duration, oneOf, wholeNumber } from './option-values.ts';
import { roleWords } from './role-words.ts';

/** Who one is, and what speaks for one: login, whoami, token, session. */
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
      say({
        en: 'that token may do no more than this role; else all that you may',
        zh: '该令牌最多拥有此角色的权限；默认等同于你本人',
      }),
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
  declareTokens(program, declaring);
  declareSessions(program, declaring);
}

function declareTokens(program: Command, { say, run }: Declaring): void {
  const token = program
    .command('token')
    .description(say({ en: 'tokens of apps and scripts', zh: '应用和脚本的令牌' }));
  const expiresInDays = (command: Command): Command =>
    command.option(
      '--expires-in-days <n>',
      say({ en: 'in force for so many days', zh: '有效天数' }),
      wholeNumber('--expires-in-days', 1, 3650),
    );
  expiresInDays(token.command('create'))
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
    .option(
      '--role <role>',
      say({ en: 'role of an api token', zh: 'api 令牌的角色' }),
      oneOf('--role', roleWords),
    )
    .option(
      '--only <permissions>',
      say({
        en: 'of what the role may, these only: config:read,config:publish',
        zh: '只保留角色中的这些权限：config:read,config:publish',
      }),
    )
    .action((flags: TokenFlags, command: Command) =>
      run(command, async (context) => (await import('../commands/token.ts')).createToken(context, flags)),
    );
  token
    .command('ls')
    .description(say({ en: 'your tokens and those that you manage', zh: '列出你的令牌和你管理的令牌' }))
    .option('--app <name>', say({ en: 'of this app', zh: '只看该应用' }))
    .option(
      '--prefix <text>',
      say({ en: 'how its secret begins, such as sla_3f5e', zh: '密钥的开头，如 sla_3f5e' }),
    )
    .option(
      '--expiring <days>',
      say({ en: 'that end within so many days', zh: '在这么多天内到期' }),
      wholeNumber('--expiring', 0, 3650),
    )
    .option('--revoked', say({ en: 'the revoked ones too', zh: '包括已吊销的' }))
    .action((flags: TokenListFlags, command: Command) =>
      run(command, async (context) => (await import('../commands/token-list.ts')).listTokens(context, flags)),
    );
  expiresInDays(token.command('rotate <token>'))
    .description(
      say({
        en: 'give it a new secret; the old one opens for some time more',
        zh: '更换密钥；旧密钥在一段时间内仍有效',
      }),
    )
    .option(
      '--overlap <duration>',
      say({
        en: 'for how long the old secret still opens: 0s up to 30d (default 1d)',
        zh: '旧密钥保留多久：0s 到 30d（默认 1d）',
      }),
      duration('--overlap'),
    )
    .action((name: string, flags: RotateFlags, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/token-list.ts')).rotateToken(context, name, flags),
      ),
    );
  token
    .command('revoke <token>')
    .description(say({ en: 'end it at once, by name or prefix', zh: '立即吊销（名称或前缀）' }))
    .action((name: string, _flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/token-list.ts')).revokeToken(context, name)),
    );
}

function declareSessions(program: Command, { say, run }: Declaring): void {
  const session = program
    .command('session')
    .description(say({ en: 'browsers in which you are signed in', zh: '你已登录的浏览器' }));
  session
    .command('ls')
    .description(say({ en: 'list them', zh: '列出会话' }))
    .action((_flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/sessions.ts')).listSessions(context)),
    );
  session
    .command('end [session]')
    .description(say({ en: 'sign one of them out, or all', zh: '结束一个或全部会话' }))
    .option('--all', say({ en: 'all of them', zh: '全部' }))
    .action((name: string | undefined, flags: { all?: boolean }, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/sessions.ts')).endSession(context, name, flags),
      ),
    );
  program
    .command('nodes')
    .description(say({ en: 'the nodes of the server', zh: '服务器节点' }))
    .action((_flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/nodes.ts')).listNodes(context)),
    );
}
