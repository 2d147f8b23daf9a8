import type { Context } from '../context.ts';
import { CliError, nothingChanged, usageError } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';

/** A secret as it was typed or piped in: one line, without the line break that `echo` adds. */
export function secretOf(text: string): string {
  const value = text.replace(/\r?\n$/, '');
  if (value !== '' && !/[\r\n\0]/.test(value)) return value;
  throw usageError(
    { en: 'Nothing usable came in: one line is expected.', zh: '输入无效：应为单行文本。' },
    { en: 'Pipe the secret alone, or type it.', zh: '请只传入密钥本身，或手动输入。' },
  );
}

/** The secret on standard input. */
export const pipedSecret = async ({ io }: Context): Promise<string> =>
  secretOf(new TextDecoder().decode(await io.readStdin()));

/** The present password and the new one, a line each. */
export async function pipedPair({ io }: Context): Promise<readonly [string, string]> {
  const lines = new TextDecoder()
    .decode(await io.readStdin())
    .replace(/\r?\n$/, '')
    .split(/\r?\n/);
  if (lines.length === 2) return [secretOf(lines[0]!), secretOf(lines[1]!)];
  throw usageError(
    { en: 'Two lines are expected on standard input.', zh: '标准输入应为两行。' },
    {
      en: 'Pipe the present password and below it the new one.',
      zh: '请先传入当前密码，再另起一行传入新密码。',
    },
  );
}

/** A password that somebody chooses: piped in, or typed twice. Never a word of the command line. */
export async function newPassword(context: Context, isPiped: boolean | undefined): Promise<string> {
  if (isPiped) return pipedSecret(context);
  const { io, say } = context;
  if (!io.canAsk)
    throw usageError(
      { en: 'There is no terminal to ask on.', zh: '没有可供询问的终端。' },
      { en: 'Pipe the password in with --password-stdin.', zh: '请用 --password-stdin 通过管道传入密码。' },
    );
  const hidden = { hidden: true };
  const first = secretOf(await io.ask(say({ en: 'New password: ', zh: '新密码：' }), hidden));
  const again = await io.ask(say({ en: 'Once more: ', zh: '再次输入：' }), hidden);
  if (again === first) return first;
  throw new CliError('passwords_differ', exitCode.usage, {
    what: { en: 'The two passwords are not the same.', zh: '两次输入的密码不一致。' },
    still: nothingChanged,
    todo: { en: 'Run it again.', zh: '请重新运行。' },
  });
}
