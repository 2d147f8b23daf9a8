import type { Push, PushPlanBody } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { findPush, pushParams } from '../delivery/find-push.ts';
import { finishPush } from '../delivery/finish-push.ts';
import { planNotes } from '../delivery/plan-notes.ts';
import { confirmed } from '../delivery/push-changes.ts';
import { pushOfWhat, pushStateWord } from '../delivery/push-words.ts';
import { targetText } from '../delivery/target-text.ts';
import { CliError, nothingChanged } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { type ActFlags, placeOf } from './push-act.ts';

export interface ProposalFlags extends ActFlags {
  /** The hash of the plan that was looked at; else the one of now. */
  readonly plan?: string;
  readonly emergency?: string;
}

/** `sluice push approve`: a proposed push of somebody else, as its plan is. */
export async function approvePush(
  context: Context,
  words: readonly string[],
  flags: ProposalFlags,
): Promise<ExitCode> {
  const push = await findPush(context, words);
  const approved = await byPlan(context, push, flags, async (plan) =>
    (await context.api()).call(contracts.approvePush, {
      params: pushParams(push),
      body: { plan, message: flags.message ?? '' },
    }),
  );
  const { approval } = approved;
  context.output.note(
    context.say(
      {
        en: 'Approved: {given} of {needed}. Start it with: sluice push start {app} {id} --env {env}',
        zh: '已批准：{given}/{needed}。开始推送：sluice push start {app} {id} --env {env}',
      },
      {
        given: approval?.given.length ?? 0,
        needed: approval?.needed ?? 0,
        app: push.app,
        id: push.id,
        env: push.environment,
      },
    ),
  );
  return finishPush(context, approved, flags, { hint: false });
}

/** `sluice push start`: a proposed push that has its approvals, or goes without them for a reason. */
export async function startPush(
  context: Context,
  words: readonly string[],
  flags: ProposalFlags,
): Promise<ExitCode> {
  const push = await findPush(context, words);
  const started = await byPlan(context, push, flags, async (plan) =>
    (await context.api()).call(contracts.startProposedPush, {
      params: pushParams(push),
      body: { plan, ...(flags.emergency !== undefined && { emergency: flags.emergency }) },
    }),
  );
  return finishPush(context, started, flags);
}

/** Shows the plan as it is now, lets somebody say yes to it, and carries out what was looked at. */
async function byPlan(
  context: Context,
  push: Push,
  flags: ProposalFlags,
  go: (plan: string) => Promise<Push>,
): Promise<Push> {
  if (push.state !== 'draft' && push.state !== 'planned') throw isNoProposal(context, push);
  const api = await context.api();
  const ask = (): Promise<PushPlanBody> => api.call(contracts.getPushPlan, { params: pushParams(push) });
  const say = (plan: PushPlanBody): void => {
    context.output.note(`${pushOfWhat(push)} (${targetText(context, push.target)})`);
    for (const line of planNotes(context, plan)) context.output.note(line);
  };
  let plan = await ask();
  say(plan);
  return confirmed(context, push.app, plan, flags, {
    ask: async () => {
      plan = await ask();
      return plan;
    },
    say,
    go: (hash) => go(hash ?? plan.hash),
    place: { ...placeOf(push), act: 'other' },
  });
}

function isNoProposal(context: Context, push: Push): CliError {
  return new CliError(
    'wrong_state',
    exitCode.conflict,
    {
      what: {
        en: '{id} is no proposal any more: it is {state}.',
        zh: '{id} 已不是提案，当前状态：{state}。',
      },
      still: nothingChanged,
      todo: {
        en: 'See it with "sluice push show {app} {id} --env {env}".',
        zh: '请用 "sluice push show {app} {id} --env {env}" 查看。',
      },
    },
    { id: push.id, app: push.app, env: push.environment, state: pushStateWord(context, push.state) },
  );
}
