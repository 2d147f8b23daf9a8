import type { ErrorText } from '@sluice/core';
import type { BodyInputOf, Contracts, Push, PushActPlan } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { pushParams } from '../delivery/find-push.ts';
import { healthNote } from '../delivery/health-note.ts';
import { planNotes } from '../delivery/plan-notes.ts';
import { showPlan } from '../delivery/plan-rows.ts';
import { confirmed } from '../delivery/push-changes.ts';
import { inDelivery, type Place } from '../delivery/refusal.ts';
import { verdictSentence } from '../release/verdict.ts';

export interface PlannedActFlags {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  /** The hash of the plan that was looked at. */
  readonly plan?: string;
}

type Asked = BodyInputOf<Contracts['previewPushAct']>;

const questions: Readonly<Record<Asked['act'], ErrorText>> = {
  advance: { en: 'Go on to {targets} more instances?', zh: '扩大到另外 {targets} 个实例？' },
  promote: {
    en: 'Promote to {targets} more instances?',
    zh: '全量到另外 {targets} 个实例？',
  },
  abandon: { en: 'Take it back from {targets} instances?', zh: '从 {targets} 个实例撤回？' },
  rollback: { en: 'Undo it on {targets} instances?', zh: '在 {targets} 个实例上撤销？' },
};

/**
 * Moves a push after saying exactly whom that changes; asks where somebody can answer. A dry run only shows the plan,
 * and answers undefined.
 */
export async function movePlanned(
  context: Context,
  push: Push,
  asked: Asked,
  flags: PlannedActFlags,
  go: (plan: { readonly plan?: string }) => Promise<Push>,
): Promise<Push | undefined> {
  const api = await context.api();
  const place: Place = {
    app: push.app,
    env: push.environment,
    push: push.id,
    act: asked.act === 'advance' ? 'push' : asked.act === 'promote' ? 'promote' : 'other',
  };
  const ask = (): Promise<PushActPlan> =>
    inDelivery(context, place, () =>
      api.call(contracts.previewPushAct, { params: pushParams(push), body: asked }),
    );
  const say = (plan: PushActPlan): void => {
    // Of a proposal nothing is under way yet.
    if (push.state !== 'planned') context.output.note(verdictSentence(context, push));
    for (const line of planNotes(context, plan, { isTaken: asked.act === 'abandon' }))
      context.output.note(line);
    for (const line of healthNote(context, plan)) context.output.note(line);
  };
  const first = await ask();
  say(first);
  if (flags.dryRun) {
    const around = {
      app: push.app,
      environment: push.environment,
      push: push.id,
      act: asked.act,
      dryRun: true,
      ...(first.health && { health: first.health }),
    };
    await showPlan(context, first, around);
    context.output.note(context.say(dryRunText, { hash: first.hash }));
    return undefined;
  }
  return confirmed(context, push.app, first, flags, {
    ask,
    say,
    go: (hash) => go(hash === undefined ? {} : { plan: hash }),
    place,
    question: (plan) => context.say(questions[asked.act], plan.counts),
  });
}

const dryRunText: ErrorText = {
  en: 'Dry run: nothing was changed. To change exactly these and nobody else, add --plan {hash}',
  zh: '试运行：没有任何更改。如需严格只更改这些实例，请加上 --plan {hash}',
};
