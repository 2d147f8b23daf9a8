import type { Content } from '@sluice/core';
import type { NamespaceDetail } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import type { CliError } from '../failure/cli-error.ts';
import { ServerError } from '../failure/server-error.ts';

/** What a namespace held when a change was made, and what it shall hold. */
interface Edited {
  readonly base: NamespaceDetail;
  readonly after: Content;
}

/** Runs a write of several namespaces; when somebody was faster, the refusal shows all three versions of those that moved. */
export async function withMovedBases<T>(
  context: Context,
  edited: readonly Edited[],
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof ServerError) || error.code !== 'base_moved') throw error;
    const [api, env] = [await context.api(), await context.environment()];
    const { withThreeWay } = await import('../release/conflict.ts');
    let failure: CliError = error;
    for (const { base, after } of edited) {
      const params = { env, app: base.app, ns: base.name };
      const now = await api.call(contracts.getNamespace, { params });
      if (now.revision === base.revision) continue;
      const three = { base: base.target, yours: after, theirs: now.target };
      failure = withThreeWay(context, failure, base.name, three);
    }
    throw failure;
  }
}
