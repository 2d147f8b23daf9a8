import { type Permission, permissions, type Role } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';

export interface TokenFlags {
  readonly app?: string;
  readonly name?: string;
  readonly kind: 'client' | 'api';
  readonly role?: Role;
  /** Permissions, separated by commas. */
  readonly only?: string;
  readonly expiresInDays?: number;
}

/** `sluice token create`: the secret alone on standard output, so that it can be piped to where it is kept. */
export async function createToken(context: Context, flags: TokenFlags): Promise<ExitCode> {
  const { app, kind, role } = flags;
  if (kind === 'client' && app === undefined)
    throw usageError(
      { en: 'A client token is for one app.', zh: 'client 令牌只能用于一个应用。' },
      { en: 'Name it with --app.', zh: '请用 --app 指定。' },
    );
  if (kind === 'api' && role === undefined)
    throw usageError(
      { en: 'An api token carries a role.', zh: 'api 令牌需要一个角色。' },
      {
        en: 'Name it with --role: viewer, editor, publisher, drillOperator, admin or auditor.',
        zh: '请用 --role 指定：viewer、editor、publisher、drillOperator、admin 或 auditor。',
      },
    );
  if (kind === 'client' && role !== undefined)
    throw usageError(
      {
        en: 'A client token has no role: it reads the config of its app.',
        zh: 'client 令牌没有角色，只能读取所属应用的配置。',
      },
      { en: 'Leave --role out, or add --kind api.', zh: '请去掉 --role，或加上 --kind api。' },
    );
  const { environment: named } = await context.settings();
  // An API token may be for every environment and app; nothing named means that, as for a user's role.
  const environment = kind === 'client' ? await context.environment() : (named ?? '*');
  const days = flags.expiresInDays === undefined ? {} : { expiresInDays: flags.expiresInDays };
  const name = flags.name ?? `${app ?? 'all'}-${new Date(context.io.now()).toISOString().slice(0, 10)}`;
  const body =
    kind === 'client'
      ? ({ kind, name, environment, app: app!, ...days } as const)
      : ({ kind, name, environment, app: app ?? '*', role: role!, ...onlyOf(flags.only), ...days } as const);
  const created = await (await context.api()).call(contracts.createToken, { body });
  if (context.output.format === 'table') context.output.raw(`${created.secret}\n`);
  else await context.output.one(created, () => '');
  context.output.note(
    context.say(
      {
        en: 'Token "{name}" for {app} in {environment}. The secret above is shown this once: keep it where secrets are kept.',
        zh: '令牌“{name}”用于 {environment} 环境中的 {app}。以上密钥只显示这一次，请妥善保存。',
      },
      { name: created.token.name, app: created.token.app, environment: created.token.environment },
    ),
  );
  return exitCode.ok;
}

function onlyOf(text: string | undefined): { only?: Permission[] } {
  if (text === undefined) return {};
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !permissions.some((permission) => permission === word));
  if (unknown === undefined) return { only: words as Permission[] };
  throw usageError(
    { en: '"{unknown}" is no permission.', zh: '“{unknown}”不是权限。' },
    { en: 'There are: {known}', zh: '可选：{known}' },
    { unknown, known: permissions.join(', ') },
  );
}
