import type { User } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { missing } from '../reference/missing.ts';

/** The user of this name, or the name that was probably meant. */
export async function findUser(context: Context, name: string): Promise<User> {
  const { items } = await (await context.api()).call(contracts.listUsers);
  const found = items.find((user) => user.name === name || user.id === name);
  if (found) return found;
  const { host } = (await context.settings()).server;
  const names = items.map((user) => user.name);
  throw missing('user', name, host, names);
}
