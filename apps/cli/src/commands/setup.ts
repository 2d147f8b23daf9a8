import { buildRequest } from '@sluice/protocol';
import { tokenOf } from '../access/made-token.ts';
import { sendAsConsole, withSession } from '../access/session.ts';
import { newPassword, secretOf } from '../access/typed-secret.ts';
import { answerOf, contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import type { ExitCode } from '../failure/exit-code.ts';
import { readSource } from '../files/read-source.ts';
import { keepToken } from './login.ts';

export interface SetupFlags {
  readonly user?: string;
  readonly passwordStdin?: boolean;
  /** The file `setup-token` of the server's data folder. */
  readonly tokenFile?: string;
  readonly environments?: readonly string[];
}

/** `sluice setup`: the first administrator and the environments of a new server; signs in as `login` does. */
export async function setUp(context: Context, flags: SetupFlags): Promise<ExitCode> {
  const { io, say } = context;
  if (!io.canAsk && (flags.user === undefined || flags.tokenFile === undefined))
    throw usageError(
      { en: 'There is no terminal to ask on.', zh: '没有可供询问的终端。' },
      {
        en: 'Give --user, --password-stdin, and with --token-file the file setup-token of the data folder.',
        zh: '请给出 --user、--password-stdin，并用 --token-file 指定数据目录中的 setup-token 文件。',
      },
    );
  const setupToken =
    flags.tokenFile === undefined
      ? secretOf(
          await io.ask(
            say({
              en: 'Token of the link that the server printed: ',
              zh: '服务器启动时所显示链接中的令牌：',
            }),
            { hidden: true },
          ),
        )
      : secretOf(await readSource(io, flags.tokenFile));
  const userName =
    flags.user ??
    (await io.ask(say({ en: 'User name of the administrator: ', zh: '管理员用户名：' }))).trim();
  const password = await newPassword(context, flags.passwordStdin);
  const { setup } = contracts;
  const environments = flags.environments && { environments: [...flags.environments] };
  const body = { setupToken, userName, password, ...environments };
  const reply = await sendAsConsole(context, buildRequest(setup, { body }));
  const token = await withSession(context, reply, answerOf(setup, reply), (session) =>
    tokenOf(session, userName),
  );
  return keepToken(context, token);
}
