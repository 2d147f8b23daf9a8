import { diffContent } from '@sluice/core';
import type { NamespaceDetail, Release } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { planNotes } from '../delivery/plan-notes.ts';
import { inDelivery } from '../delivery/refusal.ts';
import { CliError, nothingChanged } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { ServerError } from '../failure/server-error.ts';
import { missing, namespacesOf } from '../reference/missing.ts';
import { confirmWrite } from '../release/confirm.ts';
import { planSentence } from '../release/plan.ts';
import { orThreeWay } from '../release/publish.ts';
import { showPlanned, showWritten, type WriteFlags } from '../release/written.ts';

export interface RollbackFlags extends WriteFlags {
  /** A release number; absent, the release before the live one. */
  readonly to?: number;
  /** Why it goes although publishing is frozen. */
  readonly emergency?: string;
}

/** `sluice rollback`: a new release with the content of an older one. */
export async function rollback(
  context: Context,
  app: string,
  ns: string,
  flags: RollbackFlags,
): Promise<ExitCode> {
  const names = (await namespacesOf(context, app)).map((n) => n.name);
  const env = await context.environment();
  if (!names.includes(ns)) throw missing('namespace', ns, `${app} (${env})`, names);
  const params = { env, app, ns };
  const api = await context.api();
  const detail = await api.call(contracts.getNamespace, { params });
  const older = await wantedRelease(context, detail, env, flags.to);
  const change = { name: ns, outcome: 'changed', diff: diffContent(detail.target, older.content) } as const;
  const { plan } = await api.call(contracts.previewRollback, { params, body: { to: older.number } });
  const reach = plan.counts;
  context.output.note(
    planSentence(context, { app, environment: env, changes: [change], reach, restores: older.number }),
  );
  for (const line of planNotes(context, plan)) context.output.note(line);
  if (flags.dryRun) return showPlanned(context, app, [change]);
  await confirmWrite(context, app, flags.yes);
  const body = {
    to: older.number,
    message: flags.message ?? '',
    ...(flags.emergency !== undefined && { emergency: flags.emergency }),
  };
  const released = await orThreeWay(context, detail, env, older.content, () =>
    inDelivery(context, { app, env, act: 'other' }, () =>
      api.call(contracts.rollback, { params, ifMatch: detail.etag, body }),
    ),
  );
  return showWritten(context, app, [{ ...change, released }], flags);
}

/** The release to go back to, fetched first: the plan shows its content, and the write names it. */
async function wantedRelease(
  context: Context,
  { app, name, live }: NamespaceDetail,
  env: string,
  to: number | undefined,
): Promise<Release> {
  const number = to ?? (live?.number ?? 0) - 1;
  if (number < 1)
    throw new CliError(
      'nothing_before',
      exitCode.conflict,
      {
        what: {
          en: '{name} has no release before the live one.',
          zh: '{name} 在当前版本之前没有其他发布版本。',
        },
        still: nothingChanged,
        todo: { en: 'See "sluice history {app} {name}".', zh: '请查看 "sluice history {app} {name}"。' },
      },
      { name, app },
    );
  const params = { env, app, ns: name, number: String(number) };
  try {
    return await (await context.api()).call(contracts.getRelease, { params });
  } catch (error) {
    if (!(error instanceof ServerError) || error.status !== 404) throw error;
    throw new CliError(
      'unknown_release',
      exitCode.failure,
      {
        what: { en: '{name} has no release {number}.', zh: '{name} 没有发布版本 {number}。' },
        still: nothingChanged,
        todo: { en: 'See "sluice history {app} {name}".', zh: '请查看 "sluice history {app} {name}"。' },
      },
      { name, app, number },
    );
  }
}
