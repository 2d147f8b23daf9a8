import { hostname } from 'node:os';
import { type Grant, permissionsIn, permissionsOf, type Role, reachOf } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { CliError } from '../failure/cli-error.ts';
import { exitCode } from '../failure/exit-code.ts';
import { type Session, signedIn } from './session.ts';

/** How long a token that `login` makes for itself lives. */
const tokenDays = 30;

/**
 * Signs in with name and password, makes an API token, and ends the session again: only the token is kept. It acts for
 * its owner, so that everybody who may sign in may use the command line.
 */
export const makeToken = (
  context: Context,
  userName: string,
  password: string,
  role: Role | undefined,
): Promise<string> => signedIn(context, userName, password, (session) => tokenOf(session, userName, role));

/** The same in a session that has begun. */
export async function tokenOf(session: Session, userName: string, role?: Role): Promise<string> {
  const name = `${userName} on ${hostname()}`.slice(0, 128); // stands as the author in histories
  const scope =
    role === undefined
      ? ({ environment: '*', app: '*' } as const)
      : { ...placeFor(session.me.grants, role, userName), role };
  const body = { kind: 'api', name, ...scope, expiresInDays: tokenDays } as const;
  return (await session.call(contracts.createToken, { body })).secret;
}

/** Where a token with this role is for: the widest place where its owner has it, or one that carries as much. */
function placeFor(grants: readonly Grant[], role: Role, user: string): { environment: string; app: string } {
  const carrying = grants.filter((g) => permissionsOf[role].every((each) => permissionsIn(g).includes(each)));
  const [best] = carrying.sort((a, b) => reachOf(b) - reachOf(a));
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
