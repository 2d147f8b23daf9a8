import { type Me, type Role, roles } from '@sluice/protocol';
import { makeToken } from '../access/made-token.ts';
import { pipedSecret, secretOf } from '../access/typed-secret.ts';
import { contracts, createApi } from '../api/api.ts';
import { createTransport } from '../api/transport.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { writeConfig } from '../settings/config-file.ts';

export interface LoginFlags {
  readonly tokenStdin?: boolean;
  readonly user?: string;
  readonly passwordStdin?: boolean;
  readonly role?: Role;
}

/** `sluice login`: keeps a token for this server. Neither token nor password ever stand on the command line. */
export async function login(context: Context, flags: LoginFlags): Promise<ExitCode> {
  if (context.flags.token !== undefined)
    throw usageError(
      {
        en: 'A token on the command line stays in the shell history.',
        zh: '命令行中的令牌会留在 shell 历史记录里。',
      },
      {
        en: 'Pipe it in: sluice login --token-stdin < file',
        zh: '请通过管道输入：sluice login --token-stdin < 文件',
      },
    );
  if (flags.tokenStdin && flags.passwordStdin)
    throw usageError(
      { en: 'Standard input can carry one secret.', zh: '标准输入只能传入一个密钥。' },
      { en: 'Choose --token-stdin or --password-stdin.', zh: '请选择 --token-stdin 或 --password-stdin。' },
    );
  return keepToken(context, await tokenFrom(context, flags));
}

/** Looks whom a token makes of somebody, and keeps it for this server. */
export async function keepToken(context: Context, token: string): Promise<ExitCode> {
  const settings = await context.settings();
  const me = await checkToken(context, token);
  await writeConfig(settings.configPath, {
    server: settings.server.href.replace(/\/+$/, ''),
    token,
    ...(settings.environment && { environment: settings.environment }),
  });
  await context.output.one({ server: settings.server.origin, ...me, file: settings.configPath }, () => '');
  context.output.note(
    context.say(
      {
        en: 'Signed in to {server} as {name}. The token is kept in {file}.',
        zh: '已以 {name} 的身份登录 {server}。令牌保存在 {file}。',
      },
      { server: settings.server.origin, name: me.name, file: settings.configPath },
    ),
  );
  return exitCode.ok;
}

async function tokenFrom(context: Context, flags: LoginFlags): Promise<string> {
  const { io, say } = context;
  if (flags.tokenStdin) return pipedSecret(context);
  if (flags.user !== undefined && flags.passwordStdin)
    return makeToken(context, flags.user, await pipedSecret(context), flags.role);
  if (!io.canAsk)
    throw usageError(
      { en: 'There is no terminal to ask on.', zh: '没有可供询问的终端。' },
      {
        en: 'Give a token with --token-stdin, or --user <name> with --password-stdin.',
        zh: '请用 --token-stdin 传入令牌，或用 --user <用户名> 加 --password-stdin。',
      },
    );
  const user =
    flags.user ??
    (
      await io.ask(say({ en: 'User name (empty: you have a token): ', zh: '用户名（留空表示使用令牌）：' }))
    ).trim();
  if (user === '') return secretOf(await io.ask(say({ en: 'Token: ', zh: '令牌：' }), { hidden: true }));
  const password = await io.ask(say({ en: 'Password: ', zh: '密码：' }), { hidden: true });
  return makeToken(context, user, password, flags.role ?? (await askRole(context)));
}

async function askRole({ io, say }: Context): Promise<Role | undefined> {
  const answer = await io.ask(
    say({
      en: 'Role of this command line (empty: all that you may): ',
      zh: '命令行使用的角色（留空表示你的全部权限）：',
    }),
  );
  if (answer.trim() === '') return undefined;
  const role = roles.find((r) => r === answer.trim());
  if (role) return role;
  throw usageError(
    { en: '"{answer}" is no role.', zh: '“{answer}”不是角色。' },
    { en: 'There are: {roles}', zh: '可选：{roles}' },
    { answer: answer.trim(), roles: roles.join(', ') },
  );
}

async function checkToken(context: Context, token: string): Promise<Me> {
  const { server } = await context.settings();
  const transport = createTransport({ server, token, language: context.language, timeoutMs: 30_000 });
  return createApi(transport).call(contracts.whoAmI);
}
