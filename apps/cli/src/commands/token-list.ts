import type { Token } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { CliError, nothingChanged } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { missing } from '../reference/missing.ts';

const dayMs = 86_400_000;

export interface TokenListFlags {
  readonly app?: string;
  readonly prefix?: string;
  readonly expiring?: number;
  readonly revoked?: boolean;
}

/** `sluice token ls`: your own tokens and those that you manage. */
export async function listTokens(context: Context, flags: TokenListFlags): Promise<ExitCode> {
  const { say, output, io } = context;
  const environment = context.flags.env;
  const { items } = await (await context.api()).call(contracts.listTokens, {
    query: {
      ...(environment !== undefined && { environment }),
      ...(flags.app !== undefined && { app: flags.app }),
      // Whoever pastes a whole secret here sends its beginning only.
      ...(flags.prefix !== undefined && { prefix: flags.prefix.trim().slice(0, 20) }),
    },
  });
  const soonMs = flags.expiring === undefined ? undefined : io.now() + flags.expiring * dayMs;
  const wanted = items.filter(
    (token) =>
      (flags.revoked || token.revokedAt === undefined) &&
      (soonMs === undefined || (token.expiresAt !== undefined && Date.parse(token.expiresAt) <= soonMs)),
  );
  const never = say({ en: 'never', zh: '从未' });
  await output.list(wanted, [
    { head: { en: 'TOKEN', zh: '令牌' }, cell: (token) => token.prefix },
    { head: { en: 'NAME', zh: '名称' }, cell: (token) => token.name },
    { head: { en: 'KIND', zh: '类型' }, cell: (token) => kindText(context, token) },
    { head: { en: 'WHERE', zh: '范围' }, cell: (token) => `${token.environment}/${token.app}` },
    { head: { en: 'OWNER', zh: '所有者' }, cell: (token) => token.owner?.name ?? '-' },
    { head: { en: 'LAST USED', zh: '最近使用' }, cell: (token) => token.lastUsedAt ?? never },
    { head: { en: 'STATE', zh: '状态' }, cell: (token) => stateText(context, token) },
  ]);
  return exitCode.ok;
}

function kindText({ say }: Context, { kind, role, only }: Token): string {
  if (kind === 'client') return kind;
  const may = role ?? say({ en: 'all that its owner may', zh: '等同所有者' });
  return only ? `${kind} ${may} (${only.join(' ')})` : `${kind} ${may}`;
}

function stateText({ say, io }: Context, token: Token): string {
  const { revokedAt, expiresAt, owner, previous } = token;
  if (revokedAt !== undefined) return say({ en: 'revoked {at}', zh: '已吊销 {at}' }, { at: revokedAt });
  if (expiresAt !== undefined && Date.parse(expiresAt) <= io.now())
    return say({ en: 'expired {at}', zh: '已过期 {at}' }, { at: expiresAt });
  if (token.kind === 'api' && owner?.disabled)
    return say({ en: 'rests: its owner is disabled', zh: '已停用：所有者被禁用' });
  const until = expiresAt === undefined ? '' : say({ en: ' until {at}', zh: '，至 {at}' }, { at: expiresAt });
  const old =
    previous === undefined
      ? ''
      : say(
          { en: ', old secret until {at} (last used {used})', zh: '，旧密钥有效至 {at}（最近使用 {used}）' },
          { at: previous.until, used: previous.lastUsedAt ?? say({ en: 'never', zh: '从未' }) },
        );
  return say({ en: 'in force', zh: '有效' }) + until + old;
}

export interface RotateFlags {
  /** Milliseconds. */
  readonly overlap?: number;
  readonly expiresInDays?: number;
}

/** `sluice token rotate`: a new secret to standard output; the old one opens for some time more. */
export async function rotateToken(context: Context, text: string, flags: RotateFlags): Promise<ExitCode> {
  const { say, output } = context;
  const { id } = await findToken(context, text);
  const rotated = await (await context.api()).call(contracts.rotateToken, {
    params: { token: id },
    body: {
      overlapMinutes: Math.ceil((flags.overlap ?? dayMs) / 60_000),
      ...(flags.expiresInDays !== undefined && { expiresInDays: flags.expiresInDays }),
    },
  });
  if (output.format === 'table') output.raw(`${rotated.secret}\n`);
  else await output.one(rotated, () => '');
  const { name, previous } = rotated.token;
  output.note(
    previous
      ? say(
          {
            en: 'Token "{name}" has a new secret, above, shown this once. The old one opens until {at}.',
            zh: '令牌“{name}”的新密钥如上，只显示这一次。旧密钥有效至 {at}。',
          },
          { name, at: previous.until },
        )
      : say(
          {
            en: 'Token "{name}" has a new secret, above, shown this once. The old one no longer opens.',
            zh: '令牌“{name}”的新密钥如上，只显示这一次。旧密钥已失效。',
          },
          { name },
        ),
  );
  return exitCode.ok;
}

/** `sluice token revoke`: its connections are cut within 5 s. */
export async function revokeToken(context: Context, text: string): Promise<ExitCode> {
  const token = await findToken(context, text);
  await (await context.api()).call(contracts.revokeToken, { params: { token: token.id } });
  context.output.note(
    context.say(
      {
        en: 'Token "{name}" ({prefix}) is revoked; its open connections are cut within 5 s.',
        zh: '令牌“{name}”（{prefix}）已吊销，其现有连接将在 5 秒内断开。',
      },
      { name: token.name, prefix: token.prefix },
    ),
  );
  return exitCode.ok;
}

/** By id, by how its secret begins, or by its name, if only one in force has it. */
async function findToken(context: Context, text: string): Promise<Token> {
  const { items } = await (await context.api()).call(contracts.listTokens);
  const inForce = items.filter((token) => token.revokedAt === undefined);
  const prefix = text.slice(0, 20);
  const found = inForce.filter(
    (token) =>
      token.id === text || token.name === text || (prefix.length >= 8 && token.prefix.startsWith(prefix)),
  );
  if (found.length === 1) return found[0]!;
  const { origin } = (await context.settings()).server;
  if (found.length === 0)
    throw missing(
      'token',
      text.slice(0, 40),
      origin,
      inForce.map((token) => token.name),
    );
  throw new CliError(
    'ambiguous_token',
    exitCode.usage,
    {
      what: { en: '{n} tokens are called "{text}".', zh: '有 {n} 个令牌名为“{text}”。' },
      still: nothingChanged,
      todo: { en: 'Name one by how it begins: {all}', zh: '请用前缀指定其中一个：{all}' },
    },
    { n: found.length, text, all: found.map((token) => token.prefix).join(', ') },
  );
}
