import { hostname } from 'node:os';
import { buildRequest, type Grant, type Me, permissionsIn, permissionsOf, type Role } from '@sluice/protocol';
import { answerOf, contracts } from '../api/api.ts';
import { createTransport } from '../api/transport.ts';
import type { Context } from '../context.ts';
import { CliError } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';

/** How long a token that `login` makes for itself lives. */
const tokenDays = 30;

/**
 * Signs in with name and password, makes an API token, and ends the session again: only the token is kept. It acts for
 * its owner, so that everybody who may sign in may use the command line.
 */
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
    const name = `${userName} on ${hostname()}`.slice(0, 128); // stands as the author in histories
    const scope =
      role === undefined
        ? ({ environment: '*', app: '*' } as const)
        : { ...placeFor(me.grants, role, userName), role };
    const body = { kind: 'api', name, ...scope, expiresInDays: tokenDays } as const;
    const made = await transport(buildRequest(contracts.createToken, { body }), session);
    return answerOf(contracts.createToken, made).secret;
  } finally {
    await transport(buildRequest(contracts.signOut, {}), session).catch(() => undefined); // it expires by itself too
  }
}

/** Where a token with this role is for: the widest place where its owner has it, or one that carries as much. */
function placeFor(grants: readonly Grant[], role: Role, user: string): { environment: string; app: string } {
  const width = (g: Grant): number => (g.environment === '*' ? 2 : 0) + (g.app === '*' ? 1 : 0);
  const carrying = grants.filter((g) => permissionsOf[role].every((each) => permissionsIn(g).includes(each)));
  const [best] = carrying.sort((a, b) => width(b) - width(a));
  if (best) return { environment: best.environment, app: best.app };
  throw new CliError(
    'no_role',
    exitCode.notAllowed,
    {
      what: { en: '{user} is {role} nowhere.', zh: '{user} 没有 {role} 角色。' },
      still: { en: 'No token was made.', zh: '没有创建令牌。' },
      todo: {
        en: 'Leave --role out to do all that {user} may, or ask an administrator.',
        zh: '去掉 --role 即可拥有 {user} 的全部权限，或向管理员申请。',
      },
    },
    { user, role },
  );
}
