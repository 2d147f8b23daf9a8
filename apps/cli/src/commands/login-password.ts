import { hostname } from 'node:os';
import { buildRequest, type Grant, type Me, type Role } from '@sluice/protocol';
import { answerOf, contracts } from '../api/api.ts';
import { createTransport } from '../api/transport.ts';
import type { Context } from '../context.ts';
import { CliError } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';
import { ServerError } from '../failure/server-error.ts';

/** How long a token that `login` makes for itself lives. */
const tokenDays = 30;
const strongestFirst: readonly Role[] = [
  'admin',
  'publisher',
  'editor',
  'drillOperator',
  'auditor',
  'viewer',
];

/** Signs in with name and password, makes an API token, and ends the session again: only the token is kept. */
export async function makeToken(
  context: Context,
  userName: string,
  password: string,
  role: Role | undefined,
): Promise<string> {
  const { server } = await context.settings();
  const transport = createTransport({ server, language: context.language, timeoutMs: 30_000 });
  const signIn = contracts.signIn;
  const reply = await transport(buildRequest(signIn, { body: { userName, password } }), {
    origin: server.origin,
  });
  const me: Me = answerOf(signIn, reply);
  const cookie = (reply.headers['set-cookie'] ?? []).map((c) => c.split(';')[0]!).join('; ');
  const session = { cookie, origin: server.origin };
  try {
    const { environment, app, role: strongest } = strongestOf(me.grants, userName);
    const name = `${userName} on ${hostname()}`.slice(0, 128); // stands as the author in histories
    const body = {
      kind: 'api',
      name,
      environment,
      app,
      role: role ?? strongest,
      expiresInDays: tokenDays,
    } as const;
    const made = await transport(buildRequest(contracts.createToken, { body }), session);
    return answerOf(contracts.createToken, made).secret;
  } catch (error) {
    throw error instanceof ServerError && error.status === 403 ? mayNotMake(error) : error;
  } finally {
    await transport(buildRequest(contracts.signOut, {}), session).catch(() => undefined); // it expires by itself too
  }
}

function strongestOf(grants: readonly Grant[], user: string): Grant {
  const rank = (g: Grant): number =>
    strongestFirst.indexOf(g.role) * 4 + (g.environment === '*' ? 0 : 2) + (g.app === '*' ? 0 : 1);
  const [best] = [...grants].sort((a, b) => rank(a) - rank(b));
  if (best) return best;
  throw new CliError(
    'no_role',
    exitCode.notAllowed,
    {
      what: { en: '{user} has no role anywhere.', zh: '{user} 没有任何角色。' },
      still: { en: 'No token was made.', zh: '没有创建令牌。' },
      todo: { en: 'Ask an administrator for one.', zh: '请向管理员申请角色。' },
    },
    { user },
  );
}

function mayNotMake(error: ServerError): CliError {
  return new CliError(
    error.code,
    exitCode.notAllowed,
    {
      what: {
        en: 'Name and password are right, but your roles may not make tokens.',
        zh: '用户名和密码正确，但你的角色不能创建令牌。',
      },
      still: { en: 'Nothing was kept on this machine.', zh: '本机没有保存任何内容。' },
      todo: {
        en: 'Ask an administrator to run "sluice token create --kind api --role <role>", then "sluice login --token-stdin".',
        zh: '请管理员运行 "sluice token create --kind api --role <角色>"，然后运行 "sluice login --token-stdin"。',
      },
    },
    {},
    { ...error.more },
  );
}
