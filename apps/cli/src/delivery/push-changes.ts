import type { Content } from '@sluice/core';
import type {
  BodyInputOf,
  Contracts,
  NamespaceDetail,
  Push,
  PushChange,
  PushPlanBody,
} from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { type CliError, usageError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { ServerError } from '../failure/server-error.ts';
import { inApp } from '../reference/missing.ts';
import { confirmWrite } from '../release/confirm.ts';
import { type PlannedChange, planSentence } from '../release/plan.ts';
import type { WriteFlags } from '../release/written.ts';
import { type DeliveryFlags, targetOf } from './delivery-flags.ts';
import { findPush, pushParams } from './find-push.ts';
import { finishPush } from './finish-push.ts';
import { mustKnowGroup, mustKnowInstances } from './known-target.ts';
import { withMovedBases } from './moved-base.ts';
import { movedLines, planNotes } from './plan-notes.ts';
import { showPlan } from './plan-rows.ts';
import { inDelivery, type Place, withNextCommand } from './refusal.ts';
import { targetText } from './target-text.ts';

/** A change of one namespace, and what it was made from. */
export interface WantedChange {
  readonly base: NamespaceDetail;
  readonly change: PushChange;
  readonly after: Content;
  readonly planned: PlannedChange;
}

type Proposal = BodyInputOf<Contracts['previewPush']>;

/** Pushes one change set: says exactly whom it changes, asks where somebody can answer, and starts or proposes it. */
export async function pushChanges(
  context: Context,
  app: string,
  wanted: readonly WantedChange[],
  flags: WriteFlags & DeliveryFlags,
): Promise<ExitCode> {
  if (flags.replaces !== undefined && !flags.propose) throw replacesWhat();
  const [api, env] = [await context.api(), await context.environment()];
  const target = targetOf(flags);
  const place: Place = { app, env, act: target.mode === 'global' ? 'pushAll' : 'push' };
  const body: Proposal = {
    changes: wanted.map((w) => w.change),
    target,
    ...(flags.expires !== undefined && { expiresInMs: flags.expires }),
    twoPhase: flags.twoPhase === true,
    message: flags.message ?? '',
  };
  await mustKnowGroup(context, app, target);
  const ask = (): Promise<PushPlanBody> =>
    inDelivery(context, place, () =>
      withMovedBases(context, wanted, () =>
        inApp(context, app, () => api.call(contracts.previewPush, { params: { env, app }, body })),
      ),
    );
  const say = (plan: PushPlanBody): void =>
    sayPlan(context, app, env, wanted, plan, targetText(context, target));
  const plan = await ask();
  await mustKnowInstances(context, app, plan, flags.unseen);
  say(plan);
  if (flags.dryRun) {
    await showPlan(context, plan, { app, environment: env, dryRun: true, target });
    context.output.note(
      context.say(
        {
          en: 'Dry run: nothing was changed. To push exactly this and nothing else, add --plan {hash}',
          zh: '试运行：没有任何更改。如需严格按此计划推送，请加上 --plan {hash}',
        },
        { hash: plan.hash },
      ),
    );
    return exitCode.ok;
  }
  const data = (push: Push): unknown => ({ app, environment: env, dryRun: false, push });
  if (flags.propose) {
    const before = flags.replaces === undefined ? undefined : await findPush(context, [app, flags.replaces]);
    await confirmWrite(context, app, flags.yes, question(context, plan));
    const push = await inDelivery(context, place, () =>
      before
        ? api.call(contracts.changeProposal, { params: pushParams(before), body })
        : api.call(contracts.proposePush, { params: { env, app }, body }),
    );
    context.output.note(proposedText(context, push));
    return finishPush(context, push, flags, { data, hint: false });
  }
  const push = await confirmed(context, app, plan, flags, {
    ask,
    say,
    go: (hash) =>
      withMovedBases(context, wanted, () =>
        api.call(contracts.startPush, {
          params: { env, app },
          body: {
            ...body,
            ...(hash !== undefined && { plan: hash }),
            ...(flags.emergency !== undefined && { emergency: flags.emergency }),
          },
        }),
      ),
    place,
  });
  return finishPush(context, push, flags, { data });
}

/** How a plan is asked for, told, and carried out. */
export interface Confirming {
  readonly ask: () => Promise<PushPlanBody>;
  readonly say: (plan: PushPlanBody) => void;
  readonly go: (hash: string | undefined) => Promise<Push>;
  readonly place: Place;
  /** Asked before it is carried out; else how many it is pushed to. */
  readonly question?: (plan: PushPlanBody) => string;
}

/**
 * Carries out a plan that somebody has said yes to. When it moved meanwhile, he is told who joined and who left and is
 * asked again; where nobody can be asked, that is a conflict and nothing happens.
 */
export async function confirmed(
  context: Context,
  app: string,
  first: PushPlanBody,
  flags: { readonly yes?: boolean; readonly plan?: string },
  { ask, say, go, place, question: words = (plan) => question(context, plan) }: Confirming,
): Promise<Push> {
  const canAsk = context.io.canAsk && !flags.yes;
  for (let plan = first, wish = flags.plan; ; wish = undefined) {
    await confirmWrite(context, app, flags.yes, words(plan));
    try {
      return await go(wish ?? (canAsk ? plan.hash : undefined));
    } catch (error) {
      if (!(error instanceof ServerError)) throw error;
      if (error.code !== 'plan_moved' || !canAsk) throw withNextCommand(context, error, place);
      const now = await ask();
      context.output.note(context.say(movedText));
      for (const line of movedLines(context, plan, now)) context.output.note(`  ${line}`);
      say(now);
      plan = now;
    }
  }
}

const movedText = {
  en: 'Who would change has moved since you looked. Nothing was changed.',
  zh: '自你查看以来，将变更的实例已变化。没有任何更改。',
};

/** Asked before anything is pushed: by name above, by number here. */
function question({ say }: Context, { counts }: PushPlanBody): string {
  return counts.offline === 0
    ? say({ en: 'Push this to {online} instances?', zh: '推送到这 {online} 个实例？' }, counts)
    : say(
        {
          en: 'Push this to {targets} instances ({offline} of them offline)?',
          zh: '推送到这 {targets} 个实例（其中 {offline} 个离线）？',
        },
        counts,
      );
}

function sayPlan(
  context: Context,
  app: string,
  environment: string,
  wanted: readonly WantedChange[],
  plan: PushPlanBody,
  how: string,
): void {
  const { online, offline } = plan.counts;
  const changes = wanted.map((w) => w.planned);
  context.output.note(planSentence(context, { app, environment, changes, reach: { online, offline }, how }));
  for (const line of planNotes(context, plan)) context.output.note(line);
}

const replacesWhat = (): CliError =>
  usageError(
    { en: '--replaces is about a proposal.', zh: '--replaces 用于提案。' },
    { en: 'Add --propose, or leave it out.', zh: '请加上 --propose，或省略该选项。' },
  );

function proposedText({ say }: Context, push: Push): string {
  return say(
    {
      en: 'Proposed as {id}; nothing was pushed. Others approve it with: sluice push approve {app} {id} --env {env}',
      zh: '已提交为 {id}，尚未推送。由他人审批：sluice push approve {app} {id} --env {env}',
    },
    { id: push.id, app: push.app, env: push.environment },
  );
}
