import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { valueText } from '../output/value-text.ts';
import type { GetFlags, Wanted } from './get-wanted.ts';

/** `sluice get --reveal`: the plain value of one secret, as the release says it. The audit says who has seen it. */
export async function getRevealed(context: Context, wanted: Wanted, flags: GetFlags): Promise<ExitCode> {
  const { app, environment, detail, key } = wanted;
  if (key === undefined || flags.instance || flags.why || flags.distribution)
    throw usageError(
      {
        en: '--reveal shows what the release says of one secret key.',
        zh: '--reveal 只显示发布版本中单个机密配置项的值。',
      },
      {
        en: 'Write "sluice get {app} {ns}.<key> --reveal", with no other option of whom to ask.',
        zh: '请写成 "sluice get {app} {ns}.<配置项> --reveal"，不要同时使用 --instance、--why 或 --distribution。',
      },
      { app, ns: detail.name },
    );
  const params = { env: environment, app, ns: detail.name, key };
  const { value } = await (await context.api()).call(contracts.revealItem, { params, body: {} });
  if (context.output.format === 'table') context.output.raw(`${valueText(value)}\n`);
  else await context.output.one({ app, environment, namespace: detail.name, key, value }, () => '');
  return exitCode.ok;
}
