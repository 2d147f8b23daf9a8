import { signedIn } from '../access/session.ts';
import { newPassword, pipedPair, secretOf } from '../access/typed-secret.ts';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';

export interface PasswordFlags {
  readonly user?: string;
  readonly passwordStdin?: boolean;
}

/** `sluice password`: your own. Whoever has the token of this command line must know the present one, too. */
export async function changeOwnPassword(context: Context, flags: PasswordFlags): Promise<ExitCode> {
  const { io, say } = context;
  if (flags.user === undefined && (flags.passwordStdin || !io.canAsk))
    throw usageError(
      { en: 'Whose password?', zh: '要修改谁的密码？' },
      {
        en: 'Name the user with --user, and pipe both passwords in with --password-stdin: the present one, then the new one.',
        zh: '请用 --user 指定用户，并用 --password-stdin 传入两行：当前密码和新密码。',
      },
    );
  const user = flags.user ?? (await io.ask(say({ en: 'User name: ', zh: '用户名：' }))).trim();
  const [current, next] = flags.passwordStdin ? await pipedPair(context) : await typed(context);
  await signedIn(context, user, current, (session) =>
    session.call(contracts.changeOwnPassword, { body: { current, next } }),
  );
  context.output.note(
    say({
      en: 'Your password is changed, and your browsers are signed out. Tokens stay as they are.',
      zh: '密码已修改，所有浏览器均已登出。令牌不受影响。',
    }),
  );
  return exitCode.ok;
}

async function typed(context: Context): Promise<readonly [string, string]> {
  const { io, say } = context;
  const present = say({ en: 'Present password: ', zh: '当前密码：' });
  return [secretOf(await io.ask(present, { hidden: true })), await newPassword(context, false)];
}
