import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { CliError, nothingChanged } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';

/**
 * Where there is somebody to ask: a protected environment asks for the app's name. With a `question`, any other
 * environment asks that, to be answered with yes.
 */
export async function confirmWrite(
  context: Context,
  app: string,
  yes: boolean | undefined,
  question?: string,
): Promise<void> {
  if (yes || !context.io.canAsk) return;
  const [api, environment] = [await context.api(), await context.environment()];
  const { items } = await api.call(contracts.listEnvironments);
  if (items.find((e) => e.name === environment)?.protected) {
    const words = context.say(
      {
        en: '{environment} is protected. Type the name of the app to go on: ',
        zh: '{environment} 是受保护的环境。请输入应用名称以继续：',
      },
      { environment },
    );
    const answer = await context.io.ask(question === undefined ? words : `${question} ${words}`);
    if (answer.trim() !== app) throw notConfirmed();
  } else if (question !== undefined) {
    const answer = await context.io.ask(`${question} [y/N] `);
    if (!/^(y|yes|是)$/i.test(answer.trim())) throw notConfirmed();
  }
}

function notConfirmed(): CliError {
  return new CliError('not_confirmed', exitCode.failure, {
    what: { en: 'Not confirmed.', zh: '未确认。' },
    still: nothingChanged,
    todo: { en: 'Run it again, or with --yes.', zh: '请重新运行，或加上 --yes。' },
  });
}
