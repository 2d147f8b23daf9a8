import type { Grant, Permission, Role, User } from '@sluice/protocol';
import { findUser } from '../access/find-user.ts';
import { newPassword } from '../access/typed-secret.ts';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { CliError, nothingChanged } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import type { Column } from '../output/output.ts';

export interface PlaceFlags {
  readonly app?: string;
}

/** `sluice user ls`: with --env or --app only those who have a role there. */
export async function listUsers(context: Context, { app }: PlaceFlags): Promise<ExitCode> {
  const { items } = await (await context.api()).call(contracts.listUsers);
  const { env } = context.flags;
  const isThere = (grant: Grant): boolean =>
    (env === undefined || [env, '*'].includes(grant.environment)) &&
    (app === undefined || [app, '*'].includes(grant.app));
  const shown =
    env === undefined && app === undefined ? items : items.filter((user) => user.grants.some(isThere));
  await showUsers(context, shown);
  return exitCode.ok;
}

export interface CreateUserFlags extends PlaceFlags {
  readonly role?: Role;
  readonly passwordStdin?: boolean;
}

/** `sluice user create`: without --role somebody who may sign in and nothing else. */
export async function createUser(context: Context, name: string, flags: CreateUserFlags): Promise<ExitCode> {
  const grants = flags.role === undefined ? [] : [await grantOf(context, flags.role, flags)];
  const password = await newPassword(context, flags.passwordStdin);
  const user = await (await context.api()).call(contracts.createUser, { body: { name, password, grants } });
  await showUsers(context, [user]);
  return exitCode.ok;
}

/** `sluice user grant` and `revoke`: one role in one place; the others stay. */
export async function changeRole(
  context: Context,
  how: 'grant' | 'revoke',
  name: string,
  role: Role,
  flags: PlaceFlags,
): Promise<ExitCode> {
  const user = await findUser(context, name);
  const grant = await grantOf(context, role, flags);
  const isSame = (each: Grant): boolean =>
    each.role === role && each.environment === grant.environment && each.app === grant.app;
  const kept = user.grants.filter((each) => !isSame(each));
  if (how === 'revoke' && kept.length === user.grants.length) throw hasNotThatRole(user, grant);
  const grants = [...kept, ...(how === 'grant' ? [grant] : [])].map(({ role, environment, app }) => ({
    role,
    environment,
    app,
  }));
  await showUsers(context, [await change(context, user, { grants })]);
  return exitCode.ok;
}

/** `sluice user disable` and `enable`: his sessions end, and his tokens rest. */
export async function turnUser(context: Context, name: string, disabled: boolean): Promise<ExitCode> {
  const user = await findUser(context, name);
  await showUsers(context, [await change(context, user, { disabled })]);
  return exitCode.ok;
}

/** `sluice user password`: a new one for somebody who forgot his. */
export async function setPassword(
  context: Context,
  name: string,
  flags: { readonly passwordStdin?: boolean },
): Promise<ExitCode> {
  const user = await findUser(context, name);
  await change(context, user, { password: await newPassword(context, flags.passwordStdin) });
  context.output.note(
    context.say(
      {
        en: '{name} has a new password; all sessions of {name} have ended.',
        zh: '{name} 的密码已更换，其所有会话已结束。',
      },
      { name: user.name },
    ),
  );
  return exitCode.ok;
}

/** `sluice user sign-out`: out of every browser. */
export async function signOutUser(context: Context, name: string): Promise<ExitCode> {
  const user = await findUser(context, name);
  const { ended } = await (await context.api()).call(contracts.endUserSessions, {
    params: { user: user.id },
  });
  context.output.note(context.say({ en: '{n} session(s) ended.', zh: '已结束 {n} 个会话。' }, { n: ended }));
  return exitCode.ok;
}

/** `sluice user sessions`: everybody who is signed in, or one. */
export async function listUserSessions(context: Context, name: string | undefined): Promise<ExitCode> {
  const only = name === undefined ? undefined : await findUser(context, name);
  const { items } = await (await context.api()).call(contracts.listSessions);
  await context.output.list(
    items.filter(({ user }) => only === undefined || user.id === only.id),
    [
      { head: { en: 'USER', zh: '用户' }, cell: (session) => session.user.name },
      { head: { en: 'BROWSER', zh: '浏览器' }, cell: (session) => session.userAgent || '-' },
      { head: { en: 'FROM', zh: '来源' }, cell: (session) => session.remoteAddress },
      { head: { en: 'LAST USED', zh: '最近使用' }, cell: (session) => session.lastSeenAt },
      { head: { en: 'ENDS', zh: '结束' }, cell: (session) => session.endsAt },
    ],
  );
  return exitCode.ok;
}

/** `sluice user roles`: what each role may. */
export async function listRoles(context: Context): Promise<ExitCode> {
  const { items } = await (await context.api()).call(contracts.listRoles);
  await context.output.list(items, [
    { head: { en: 'ROLE', zh: '角色' }, cell: (each) => each.role },
    { head: { en: 'MAY', zh: '权限' }, cell: (each) => each.permissions.join(' ') },
  ]);
  return exitCode.ok;
}

/** `sluice user holders`: who may do something in a place, to ask them. */
export async function listHolders(
  context: Context,
  permission: Permission,
  { app }: PlaceFlags,
): Promise<ExitCode> {
  const { say, output } = context;
  const { environment } = await context.settings();
  const { items, more } = await (await context.api()).call(contracts.listHolders, {
    params: { permission },
    query: {
      ...(environment !== undefined && { environment }),
      ...(app !== undefined && { app }),
    },
  });
  await output.list(items, [
    { head: { en: 'USER', zh: '用户' }, cell: (each) => each.name },
    { head: { en: 'ROLE', zh: '角色' }, cell: (each) => each.role },
  ]);
  if (more > 0) output.note(say({ en: 'And {more} more.', zh: '另有 {more} 人。' }, { more }));
  return exitCode.ok;
}

const change = async (
  context: Context,
  user: User,
  body: { grants?: Grant[]; password?: string; disabled?: boolean },
): Promise<User> =>
  (await context.api()).call(contracts.changeUser, { params: { user: user.id }, body: body as never });

/** Nothing named means everywhere, as for a token with a role. */
async function grantOf(
  context: Context,
  role: Role,
  { app = '*' }: PlaceFlags,
): Promise<{ role: Role; environment: string; app: string }> {
  const { environment = '*' } = await context.settings();
  return { role, environment, app };
}

async function showUsers(context: Context, users: readonly User[]): Promise<void> {
  const { say } = context;
  const columns: Column<User>[] = [
    { head: { en: 'USER', zh: '用户' }, cell: (user) => user.name },
    {
      head: { en: 'ROLES', zh: '角色' },
      cell: (user) =>
        user.grants.map((grant) => `${grant.role} ${grant.environment}/${grant.app}`).join(', ') || '-',
    },
    {
      head: { en: 'STATE', zh: '状态' },
      cell: (user) =>
        say(user.disabled ? { en: 'disabled', zh: '已停用' } : { en: 'may sign in', zh: '可登录' }),
    },
    {
      head: { en: 'LAST SEEN', zh: '最近出现' },
      cell: (user) => user.lastSeenAt ?? say({ en: 'never', zh: '从未' }),
    },
  ];
  await context.output.list(users, columns);
}

function hasNotThatRole(user: User, { role, environment, app }: Grant): CliError {
  return new CliError(
    'no_such_grant',
    exitCode.failure,
    {
      what: {
        en: '{name} is not {role} in {environment}/{app}.',
        zh: '{name} 在 {environment}/{app} 没有角色 {role}。',
      },
      still: nothingChanged,
      todo: {
        en: 'See the roles with "sluice user ls", and name the place of one with --env and --app.',
        zh: '请用 "sluice user ls" 查看角色，并用 --env 和 --app 指定其范围。',
      },
    },
    { name: user.name, role, environment, app },
  );
}
