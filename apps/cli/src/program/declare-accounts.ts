import type { ErrorText } from '@sluice/core';
import type { Command } from 'commander';
import type { PasswordFlags } from '../commands/own-password.ts';
import type { SetupFlags } from '../commands/setup.ts';
import type { CreateUserFlags, PlaceFlags } from '../commands/users.ts';
import type { Declaring } from './declaring.ts';
import { given, names } from './delivery-values.ts';
import { oneOf } from './option-values.ts';
import { roleWords } from './role-words.ts';

/** People: the first administrator, users, their roles, passwords and sessions. */
export function declareAccounts(program: Command, declaring: Declaring): void {
  declareOwn(program, declaring);
  declareUsers(program, declaring);
}

/** A password is piped in or typed, and is never a word of the command line. */
const withPassword = (command: Command, { say }: Declaring): Command =>
  command.option(
    '--password-stdin',
    say({ en: 'read the password from standard input', zh: '从标准输入读取密码' }),
  );

function declareOwn(program: Command, declaring: Declaring): void {
  const { say, run } = declaring;
  withPassword(
    program
      .command('setup')
      .description(
        say({
          en: 'create the first administrator of a new server, on its machine, and sign in',
          zh: '在服务器本机创建第一个管理员并登录',
        }),
      )
      .option('--user <name>', say({ en: 'its name', zh: '用户名' }), given('--user'))
      .option(
        '--token-file <path>',
        say({
          en: 'the file setup-token in the data folder of the server',
          zh: '服务器数据目录中的 setup-token 文件',
        }),
        given('--token-file'),
      )
      .option(
        '--environments <names>',
        say({ en: 'environments to begin with (default prod)', zh: '初始环境（默认 prod）' }),
        names('--environments'),
      ),
    declaring,
  ).action((flags: SetupFlags, command: Command) =>
    run(command, async (context) => (await import('../commands/setup.ts')).setUp(context, flags)),
  );
  program
    .command('password')
    .description(say({ en: 'change your own password', zh: '修改自己的密码' }))
    .option('--user <name>', say({ en: 'your user name', zh: '你的用户名' }), given('--user'))
    .option(
      '--password-stdin',
      say({
        en: 'read two lines from standard input: the present password, then the new one',
        zh: '从标准输入读取两行：当前密码和新密码',
      }),
    )
    .action((flags: PasswordFlags, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/own-password.ts')).changeOwnPassword(context, flags),
      ),
    );
}

function declareUsers(program: Command, declaring: Declaring): void {
  const { say, run } = declaring;
  const role = oneOf('role', roleWords);
  const user = program
    .command('user')
    .description(say({ en: 'users, their roles and sessions', zh: '用户及其角色和会话' }))
    .addHelpText('after', () => `\n${say(examples)}`);
  const inPlace = (command: Command): Command =>
    command.option(
      '--app <name>',
      say({
        en: 'in this app only; with --env in this environment only',
        zh: '仅该应用；配合 --env 仅该环境',
      }),
      given('--app'),
    );
  inPlace(
    user.command('ls').description(say({ en: 'users and what they may', zh: '列出用户及其角色' })),
  ).action((flags: PlaceFlags, command: Command) =>
    run(command, async (context) => (await import('../commands/users.ts')).listUsers(context, flags)),
  );
  withPassword(
    inPlace(
      user
        .command('create <name>')
        .description(say({ en: 'somebody who may sign in', zh: '创建用户' }))
        .option('--role <role>', say({ en: 'with this role', zh: '授予该角色' }), oneOf('--role', roleWords)),
    ),
    declaring,
  ).action((name: string, flags: CreateUserFlags, command: Command) =>
    run(command, async (context) => (await import('../commands/users.ts')).createUser(context, name, flags)),
  );
  for (const [how, text] of [
    ['grant', { en: 'give a role in a place; the others stay', zh: '授予角色，其他角色不变' }],
    ['revoke', { en: 'take a role in a place away', zh: '收回某个范围的角色' }],
  ] as const)
    inPlace(user.command(`${how} <name> <role>`).description(say(text))).action(
      (name: string, word: string, flags: PlaceFlags, command: Command) =>
        run(command, async (context) =>
          (await import('../commands/users.ts')).changeRole(context, how, name, role(word), flags),
        ),
    );
  for (const [word, disabled, text] of [
    ['disable', true, { en: 'sign out, and let nobody in by this name', zh: '停用：登出且不再允许登录' }],
    ['enable', false, { en: 'let sign in again', zh: '重新启用' }],
  ] as const)
    user
      .command(`${word} <name>`)
      .description(say(text))
      .action((name: string, _flags: unknown, command: Command) =>
        run(command, async (context) =>
          (await import('../commands/users.ts')).turnUser(context, name, disabled),
        ),
      );
  withPassword(
    user
      .command('password <name>')
      .description(say({ en: 'set a new password; all sessions end', zh: '设置新密码，其会话全部结束' })),
    declaring,
  ).action((name: string, flags: { passwordStdin?: boolean }, command: Command) =>
    run(command, async (context) => (await import('../commands/users.ts')).setPassword(context, name, flags)),
  );
  user
    .command('sessions [name]')
    .description(say({ en: 'who is signed in, and where', zh: '查看已登录的用户' }))
    .action((name: string | undefined, _flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/users.ts')).listUserSessions(context, name)),
    );
  user
    .command('sign-out <name>')
    .description(say({ en: 'sign somebody out everywhere', zh: '使其在所有浏览器登出' }))
    .action((name: string, _flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/users.ts')).signOutUser(context, name)),
    );
  inPlace(
    user.command('holders <permission>').description(
      say({
        en: 'who may do that there, to ask them: config:publish, kill:use, …',
        zh: '查看谁有某项权限，以便联系：config:publish、kill:use 等',
      }),
    ),
  ).action((permission: string, flags: PlaceFlags, command: Command) =>
    run(command, async (context) => {
      const { permissions } = await import('@sluice/protocol');
      const known = oneOf('permission', permissions)(permission);
      return (await import('../commands/users.ts')).listHolders(context, known, flags);
    }),
  );
  user
    .command('roles')
    .description(say({ en: 'the roles, and what each may', zh: '列出角色及其权限' }))
    .action((_flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/users.ts')).listRoles(context)),
    );
}

const examples: ErrorText = {
  en: `A role holds in a place: --env and --app name it, and what is not named means everywhere.

Examples:
  sluice user create ann --role viewer --password-stdin < password
  sluice user grant ann publisher --env prod --app order-api
  sluice user revoke ann publisher --env prod --app order-api`,
  zh: `角色只在一定范围内有效：用 --env 和 --app 指定，未指定表示全部。

示例：
  sluice user create ann --role viewer --password-stdin < password
  sluice user grant ann publisher --env prod --app order-api
  sluice user revoke ann publisher --env prod --app order-api`,
};
