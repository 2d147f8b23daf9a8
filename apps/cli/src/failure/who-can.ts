import { permissions } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { CliError } from './cli-error.ts';
import type { ServerError } from './server-error.ts';

/** A refusal for want of a permission, with the names of those who have it where the server tells them; else as it is. */
export async function sayingWhoCan(context: Context, error: ServerError): Promise<CliError> {
  const permission = permissions.find((each) => each === error.details.permission);
  if (permission === undefined) return error;
  const { environment, app } = error.details;
  const told = await askHolders();
  if (!told || told.items.length === 0) return error;
  return new CliError(
    error.code,
    error.exit,
    {
      ...error.parts,
      todo:
        told.more > 0
          ? { en: 'Ask {names} or {more} more.', zh: '可联系 {names}，另有 {more} 人。' }
          : { en: 'Ask {names}.', zh: '可联系 {names}。' },
    },
    { ...error.params, names: told.items.map(({ name }) => name).join(', '), more: told.more },
    error.more,
  );

  /** Nothing when it can't be told: the refusal itself is what counts. */
  async function askHolders() {
    try {
      return await (await context.api()).call(contracts.listHolders, {
        params: { permission: permission! },
        query: {
          ...(typeof environment === 'string' && { environment }),
          ...(typeof app === 'string' && { app }),
        },
      });
    } catch {
      return undefined;
    }
  }
}
