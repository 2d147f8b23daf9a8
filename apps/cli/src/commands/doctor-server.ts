import { buildRequest, type Me } from '@sluice/protocol';
import { answerOf, contracts } from '../api/api.ts';
import { createTransport, type Reply, type Transport } from '../api/transport.ts';
import type { Context } from '../context.ts';
import { asCliError } from '../failure/print-error.ts';
import { ServerError } from '../failure/server-error.ts';
import type { Settings } from '../settings/settings.ts';
import { sourceText } from '../settings/source-text.ts';
import { ownVersion } from '../version.ts';
import { type Finding, failed, finder, type Say } from './doctor-finding.ts';

/** Clocks may be this far apart before times in lists mislead. */
const skewWarnMs = 5_000;
/** A token that ends within this is told of. */
const soonMs = 3 * 86_400_000;
/** Doctor answers soon, also about a server that doesn't. */
const checkTimeoutMs = 5_000;

/** What the server says of itself and of the token. */
export async function serverFindings(context: Context): Promise<Finding[]> {
  const settings = await context.settings();
  const { server, token } = settings;
  const transport = createTransport({
    server,
    language: context.language,
    timeoutMs: checkTimeoutMs,
    ...(token && { token }),
  });
  const found = finder(context);
  const reachable = { en: 'server', zh: '服务器' };
  let reply: Reply;
  try {
    reply = await transport(buildRequest(contracts.setupState, {}));
  } catch (error) {
    return [failed(context, reachable, errorDetail(context, error))];
  }
  let version: string;
  try {
    version = answerOf(contracts.setupState, reply).version;
  } catch {
    return [
      found(
        reachable,
        'fail',
        {
          en: '{server} answers, but not as Sluice does (status {status})',
          zh: '{server} 有应答，但不是 Sluice（状态码 {status}）',
        },
        { server: server.origin, status: reply.status },
      ),
    ];
  }
  return [
    found(
      reachable,
      'ok',
      { en: '{server}, from {from}', zh: '{server}，来自{from}' },
      { server: server.origin, from: sourceText(context, settings.serverFrom) },
    ),
    versionFinding(found, version),
    transportFinding(found, server),
    await readyFinding(context, transport),
    skewFinding(context, reply),
    await tokenFinding(context, transport, settings),
  ];
}

function versionFinding(found: Say, version: string): Finding {
  const own = ownVersion();
  const same = own.split('.')[0] === version.split('.')[0];
  const name = { en: 'version', zh: '版本' };
  return same
    ? found(
        name,
        'ok',
        { en: 'server {version}, command line {own}', zh: '服务器 {version}，命令行 {own}' },
        { version, own },
      )
    : found(
        name,
        'warn',
        {
          en: 'server {version}, command line {own}: use the same major version',
          zh: '服务器 {version}，命令行 {own}：请使用相同的主版本',
        },
        { version, own },
      );
}

function transportFinding(found: Say, server: URL): Finding {
  const local = ['127.0.0.1', 'localhost', '[::1]'].includes(server.hostname);
  const name = { en: 'encryption', zh: '加密' };
  if (server.protocol === 'https:') return found(name, 'ok', { en: 'https', zh: 'https' });
  return local
    ? found(name, 'ok', { en: 'none needed on this machine', zh: '本机无需加密' })
    : found(name, 'warn', {
        en: 'none: the token travels in the clear. Put https before the server',
        zh: '未加密：令牌以明文传输。请为服务器启用 https',
      });
}

async function readyFinding(context: Context, transport: Transport): Promise<Finding> {
  const found = finder(context);
  const name = { en: 'readiness', zh: '就绪' };
  try {
    const reply = await transport(buildRequest(contracts.readiness, {}));
    return reply.status === 200
      ? found(name, 'ok', { en: 'it takes writes', zh: '可以写入' })
      : found(
          name,
          'fail',
          { en: 'it takes no writes now (status {status})', zh: '目前无法写入（状态码 {status}）' },
          { status: reply.status },
        );
  } catch (error) {
    const { parts, params } = asCliError(error);
    return failed(context, name, context.say(parts.what, params));
  }
}

function skewFinding(context: Context, reply: Reply): Finding {
  const found = finder(context);
  const name = { en: 'clock', zh: '时钟' };
  const date = Date.parse(reply.headers.date ?? '');
  if (Number.isNaN(date))
    return found(name, 'warn', { en: 'the server does not tell its time', zh: '服务器没有提供时间' });
  // The header has whole seconds, so up to one second is its own rounding.
  const skewMs = Math.max(0, Math.abs(context.io.now() - date) - 1000);
  const params = { seconds: Math.round(skewMs / 1000) };
  return skewMs > skewWarnMs
    ? found(
        name,
        'warn',
        {
          en: '{seconds} s apart from the server: times in lists mislead',
          zh: '与服务器相差 {seconds} 秒：列表中的时间会有误导',
        },
        params,
      )
    : found(name, 'ok', { en: 'agrees with the server', zh: '与服务器一致' });
}

async function tokenFinding(context: Context, transport: Transport, settings: Settings): Promise<Finding> {
  const found = finder(context);
  const name = { en: 'token', zh: '令牌' };
  let me: Me;
  try {
    me = answerOf(contracts.whoAmI, await transport(buildRequest(contracts.whoAmI, {})));
  } catch (error) {
    if (!(error instanceof ServerError) || error.status !== 401)
      return failed(context, name, errorDetail(context, error));
    return settings.token === undefined
      ? found(name, 'fail', {
          en: 'none. Run "sluice login", or set SLUICE_TOKEN',
          zh: '没有令牌。请运行 "sluice login" 或设置 SLUICE_TOKEN',
        })
      : found(
          name,
          'fail',
          {
            en: 'the one from {from} is not in force here. Run "sluice login"',
            zh: '来自{from}的令牌在此服务器上无效。请运行 "sluice login"',
          },
          { from: sourceText(context, settings.tokenFrom ?? 'default') },
        );
  }
  const roles = me.grants.map((g) => `${g.role} ${g.environment}/${g.app}`).join(', ');
  const leftMs = me.expiresAt === undefined ? undefined : Date.parse(me.expiresAt) - context.io.now();
  if (leftMs !== undefined && leftMs < soonMs)
    return found(
      name,
      'warn',
      {
        en: '{name}: it ends at {at}. Run "sluice login", or rotate it',
        zh: '{name}：将于 {at} 到期。请运行 "sluice login" 或轮换令牌',
      },
      { name: me.name, at: me.expiresAt ?? '' },
    );
  return found(
    name,
    'ok',
    { en: '{name}: {roles}', zh: '{name}：{roles}' },
    { name: me.name, roles: roles || '-' },
  );
}

/** What happened and what to do, on one line. */
function errorDetail({ say }: Context, error: unknown): string {
  const { parts, params } = asCliError(error);
  return [parts.what, ...(parts.todo ? [parts.todo] : [])].map((part) => say(part, params)).join(' ');
}
