import type { Grant } from '@sluice/protocol';
import { words } from '../../parts/command-line.ts';

const placeOf = ({ environment, app }: Grant): string[] => [
  ...(environment === '*' ? [] : ['--env', environment]),
  ...(app === '*' ? [] : ['--app', app]),
];
const isSame = (a: Grant, b: Grant): boolean =>
  a.role === b.role && a.environment === b.environment && a.app === b.app;

/** What brings a user from some roles to others, a line for each role. */
export function grantsCommands(name: string, before: readonly Grant[], after: readonly Grant[]): string[] {
  const line = (how: 'grant' | 'revoke', grant: Grant): string =>
    words(['sluice', 'user', how, name, grant.role, ...placeOf(grant)]);
  return [
    ...after
      .filter((grant) => !before.some((each) => isSame(each, grant)))
      .map((each) => line('grant', each)),
    ...before
      .filter((grant) => !after.some((each) => isSame(each, grant)))
      .map((each) => line('revoke', each)),
  ];
}

/** The same for somebody new: the first role comes along when he is made. */
export function createUserCommands(name: string, grants: readonly Grant[]): string[] {
  const [first, ...rest] = grants;
  const role = first ? ['--role', first.role, ...placeOf(first)] : [];
  return [words(['sluice', 'user', 'create', name, ...role]), ...grantsCommands(name, [], rest)];
}
