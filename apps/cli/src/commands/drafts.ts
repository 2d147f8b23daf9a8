import { diffContent, emptyContent, isSame, type ThreeWayDiff } from '@sluice/core';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { inDelivery } from '../delivery/refusal.ts';
import { CliError, nothingChanged } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { ServerError } from '../failure/server-error.ts';
import { readTargetFile } from '../files/target-file.ts';
import { maskedDiff } from '../output/masked-diff.ts';
import { knownNamespace } from '../reference/known-namespace.ts';
import { confirmWrite } from '../release/confirm.ts';
import { planSentence, reachOf } from '../release/plan.ts';
import { showPlanned, showWritten, type WriteFlags } from '../release/written.ts';

/** `sluice draft show`: your unpublished edits beside what is live, and who else has some. */
export async function showDraft(context: Context, app: string, ns: string): Promise<ExitCode> {
  const { say, output } = context;
  const live = await knownNamespace(context, app, ns);
  const [api, env] = [await context.api(), await context.environment()];
  const answer = await api.call(contracts.getDraft, { params: { env, app, ns } });
  const { draft, stash, others } = answer;
  const { diffText } = await import('../output/diff-text.ts');
  const sides = { name: ns, from: say({ en: 'live', zh: '当前生效' }), to: say({ en: 'draft', zh: '草稿' }) };
  await output.one(answer, () =>
    draft === undefined
      ? ''
      : diffText(
          context,
          maskedDiff(diffContent(live.target ?? emptyContent(live.kind), draft.content)),
          sides,
        ),
  );
  if (draft === undefined) output.note(say({ en: 'You have no draft here.', zh: '你在此处没有草稿。' }));
  if (draft?.baseMoved)
    output.note(
      say({
        en: 'Something was released since it was begun: it has to be merged before it can be published.',
        zh: '开始编辑后已有新的发布：发布前需要先合并。',
      }),
    );
  if (stash)
    output.note(
      say(
        { en: 'A rollback put a draft aside at {at}.', zh: '回滚于 {at} 暂存了一份草稿。' },
        { at: stash.stashedAt },
      ),
    );
  for (const other of others)
    output.note(
      say(
        { en: '{who} has a draft, too ({at}).', zh: '{who} 也有草稿（{at}）。' },
        { who: other.owner, at: other.updatedAt },
      ),
    );
  return exitCode.ok;
}

export interface SaveDraftFlags {
  readonly file: string;
  readonly namespace?: string;
}

/** `sluice draft save`: what a file says becomes your draft; nothing is published. */
export async function saveDraft(context: Context, app: string, flags: SaveDraftFlags): Promise<ExitCode> {
  const { say, output } = context;
  const bundle = await readTargetFile(context.io, flags.file, flags.namespace);
  const [api, env] = [await context.api(), await context.environment()];
  const bases = [];
  for (const file of bundle.namespaces)
    bases.push({ file, base: await knownNamespace(context, app, file.name) });
  const saved = [];
  for (const { file, base } of bases) {
    const params = { env, app, ns: file.name };
    const { draft } = await api.call(contracts.getDraft, { params });
    const after = await api.call(contracts.saveDraft, {
      params,
      body: { content: file.content },
      ifMatch: draft?.etag ?? base.etag,
    });
    saved.push({ namespace: file.name, ...after });
    output.note(
      say(
        {
          en: 'Your draft of {ns} is saved; nothing is published. Look at it with: sluice draft show {app} {ns} --env {env}',
          zh: '{ns} 的草稿已保存，尚未发布。查看：sluice draft show {app} {ns} --env {env}',
        },
        { ns: file.name, app, env },
      ),
    );
  }
  await output.list(saved, [
    { head: { en: 'NAMESPACE', zh: '命名空间' }, cell: (each) => each.namespace },
    { head: { en: 'BASE', zh: '基于修订号' }, cell: (each) => String(each.baseRevision) },
    { head: { en: 'OWNER', zh: '所有者' }, cell: (each) => each.owner },
    { head: { en: 'SAVED', zh: '保存时间' }, cell: (each) => each.updatedAt },
  ]);
  return exitCode.ok;
}

/** `sluice draft publish`: a release of what is in your draft, to everyone; the draft is gone with it. */
export async function publishDraft(
  context: Context,
  app: string,
  ns: string,
  flags: WriteFlags,
): Promise<ExitCode> {
  const live = await knownNamespace(context, app, ns);
  const [api, env] = [await context.api(), await context.environment()];
  const params = { env, app, ns };
  const { draft } = await api.call(contracts.getDraft, { params });
  if (draft === undefined) throw noDraft(ns);
  const diff = maskedDiff(diffContent(live.target ?? emptyContent(live.kind), draft.content));
  const change = { name: ns, outcome: isSame(diff) ? 'same' : 'changed', diff } as const;
  const changes = [change];
  context.output.note(
    planSentence(context, { app, environment: env, changes, reach: await reachOf(context, app) }),
  );
  if (flags.dryRun) return showPlanned(context, app, changes);
  await confirmWrite(context, app, flags.yes);
  const body = { draft: true, message: flags.message ?? '' } as const;
  const released = await inDelivery(context, { app, env, act: 'pushAll' }, () =>
    api.call(contracts.publish, { params, ifMatch: draft.etag, body }),
  ).catch(async (error: unknown) => {
    const compared = error instanceof ServerError && (error.details.threeWay as ThreeWayDiff | undefined);
    if (!compared) throw error;
    const { withDiff } = await import('../release/conflict.ts');
    throw withDiff(context, error, ns, compared);
  });
  return showWritten(context, app, [{ ...change, released }], flags);
}

/** `sluice draft discard`: yours, or what a rollback put aside. */
export async function discardDraft(
  context: Context,
  app: string,
  ns: string,
  flags: { readonly stash?: boolean },
): Promise<ExitCode> {
  await knownNamespace(context, app, ns);
  const [api, env] = [await context.api(), await context.environment()];
  const params = { env, app, ns };
  const { draft, stash } = await api.call(contracts.getDraft, { params });
  if ((flags.stash ? stash : draft) === undefined) throw noDraft(ns);
  const query = { stash: flags.stash ? ('true' as const) : ('false' as const) };
  await api.call(contracts.discardDraft, { params, query });
  context.output.note(
    context.say({ en: 'Your draft of {ns} is thrown away.', zh: '{ns} 的草稿已丢弃。' }, { ns }),
  );
  return exitCode.ok;
}

const noDraft = (ns: string): CliError =>
  new CliError(
    'no_draft',
    exitCode.failure,
    {
      what: { en: 'You have no such draft of {ns}.', zh: '你没有 {ns} 的该草稿。' },
      still: nothingChanged,
      todo: {
        en: 'See what there is with "sluice draft show <app> {ns}".',
        zh: '请用 "sluice draft show <应用> {ns}" 查看。',
      },
    },
    { ns },
  );
