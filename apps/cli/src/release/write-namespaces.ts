import type { NamespaceFile } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { inDelivery } from '../delivery/refusal.ts';
import { type ExitCode } from '../failure/exit-code.ts';
import { inApp } from '../reference/missing.ts';
import { confirmWrite } from './confirm.ts';
import { planSentence, reachOf } from './plan.ts';
import { showPlanned, showWritten, type WriteFlags } from './written.ts';

/** Creates or releases namespaces together: the server says first what would change, then it is done in one revision. */
export async function writeNamespaces(
  context: Context,
  app: string,
  namespaces: NamespaceFile[],
  flags: WriteFlags,
): Promise<ExitCode> {
  const [api, env] = [await context.api(), await context.environment()];
  const params = { env, app };
  const planned = await inApp(context, app, () =>
    api.call(contracts.importApp, { params, body: { namespaces, dryRun: true } }),
  );
  if (planned.namespaces.every((n) => n.outcome === 'same')) {
    context.output.note(
      context.say({ en: 'Nothing to do: everything is live already.', zh: '无需更改：全部内容均已生效。' }),
    );
    return showWritten(context, app, planned.namespaces, {});
  }
  const plan = { app, environment: env, changes: planned.namespaces, reach: await reachOf(context, app) };
  context.output.note(planSentence(context, plan));
  if (flags.dryRun) return showPlanned(context, app, planned.namespaces);
  await confirmWrite(context, app, flags.yes);
  // What was shown is what is done: whatever somebody else releases meanwhile is not written over.
  const bases = Object.fromEntries(planned.namespaces.map(({ name, base }) => [name, base]));
  const body = { namespaces, bases, message: flags.message ?? '' };
  const done = await inDelivery(context, { app, env, act: 'other' }, () =>
    api.call(contracts.importApp, { params, body }),
  );
  return showWritten(context, app, done.namespaces, flags);
}
