import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { tableText } from '../output/table.ts';
import { sourceText } from '../settings/source-text.ts';

/** `sluice whoami`: as whom the server sees you, and with which roles. */
export async function whoami(context: Context): Promise<ExitCode> {
  const { say } = context;
  const settings = await context.settings();
  const me = await (await context.api()).call(contracts.whoAmI);
  const data = { ...me, server: settings.server.origin, tokenFrom: settings.tokenFrom };
  await context.output.one(data, () => {
    const facts = [
      [say({ en: 'server', zh: '服务器' }), settings.server.origin],
      [say({ en: 'kind', zh: '类型' }), me.kind],
      ...(settings.tokenFrom
        ? [[say({ en: 'token from', zh: '令牌来源' }), sourceText(context, settings.tokenFrom)]]
        : []),
      ...(me.expiresAt ? [[say({ en: 'until', zh: '有效至' }), me.expiresAt]] : []),
      ...me.grants.map((g) => [
        say({ en: 'role', zh: '角色' }),
        `${g.role} ${g.environment}/${g.app}${g.only ? ` (${g.only.join(' ')})` : ''}`,
      ]),
    ];
    return tableText([say({ en: 'name', zh: '名称' }), me.name], facts);
  });
  return exitCode.ok;
}
