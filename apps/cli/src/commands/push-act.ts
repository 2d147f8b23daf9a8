import type { ErrorText } from '@sluice/core';
import type { Push } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { findPush, pushParams } from '../delivery/find-push.ts';
import { type FinishFlags, finishPush } from '../delivery/finish-push.ts';
import { inDelivery } from '../delivery/refusal.ts';
import { stepText } from '../delivery/target-text.ts';
import { CliError, nothingChanged } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { movePlanned } from './push-planned.ts';

export interface ActFlags extends FinishFlags {
  readonly message?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  /** The hash of the plan that was looked at. */
  readonly plan?: string;
  /** Why a rollback goes although publishing is frozen. */
  readonly emergency?: string;
}

const holds = {
  pause: contracts.pausePush,
  resume: contracts.resumePush,
  repush: contracts.repushPush,
} as const;
export type Hold = keyof typeof holds;

const undoings = { abandon: contracts.abandonPush, rollback: contracts.rollbackPush } as const;
export type Undoing = keyof typeof undoings;

const done: Readonly<Record<Hold | Undoing | 'advance' | 'click' | 'reject', ErrorText>> = {
  advance: { en: '{id} goes on: {step}.', zh: '{id} 继续：{step}。' },
  click: {
    en: '{id} is confirmed in {step}; the next one begins as soon as this one is over.',
    zh: '{id} 已在{step}确认；这一步完成后将自动进入下一步。',
  },
  pause: {
    en: '{id} is paused: whoever has it keeps it, nobody new gets it.',
    zh: '{id} 已暂停：已获得的实例保持，不再扩大范围。',
  },
  resume: { en: '{id} goes on.', zh: '{id} 已继续。' },
  abandon: {
    en: '{id} is abandoned: its instances go back to what they held before.',
    zh: '{id} 已放弃：其实例将恢复为之前的值。',
  },
  reject: {
    en: '{id} is rejected: nothing of it was pushed, and nothing will be.',
    zh: '{id} 已否决：没有推送过，也不会再推送。',
  },
  rollback: { en: '{of} is undone by {id}.', zh: '{of} 已由 {id} 撤销。' },
  repush: {
    en: '{id} is sent again to those that do not hold it.',
    zh: '{id} 正向未持有的实例重新推送。',
  },
};

/** `sluice push pause|resume|repush`: nothing of any instance changes but that it gets what it should have. */
export async function holdPush(
  context: Context,
  act: Hold,
  words: readonly string[],
  flags: ActFlags,
): Promise<ExitCode> {
  const push = await findPush(context, words);
  const now = await inDelivery(context, { ...placeOf(push), act: 'other' }, async () =>
    (await context.api()).call(holds[act], {
      params: pushParams(push),
      body: { message: flags.message ?? '' },
    }),
  );
  sayDone(context, act, now, push);
  return finishPush(context, now, flags, { hint: false });
}

/** `sluice push abandon|rollback`. */
export async function undoPush(
  context: Context,
  act: Undoing,
  words: readonly string[],
  flags: ActFlags,
): Promise<ExitCode> {
  const push = await findPush(context, words);
  const api = await context.api();
  const now = await movePlanned(context, push, { act }, flags, (plan) =>
    api.call(undoings[act], {
      params: pushParams(push),
      body: {
        ...plan,
        message: flags.message ?? '',
        ...(flags.emergency !== undefined && { emergency: flags.emergency }),
      },
    }),
  );
  if (!now) return exitCode.ok;
  sayDone(context, act, now, push);
  // Undoing a global push is a push of its own, with a verdict of its own.
  return finishPush(context, now, flags, { ends: now.state === 'abandoned', hint: false });
}

/** `sluice push advance`: to the next step; with `--from` only out of that one. */
export async function advancePush(
  context: Context,
  words: readonly string[],
  flags: ActFlags & { readonly from?: number; readonly despiteHealth?: string },
): Promise<ExitCode> {
  const push = await findPush(context, words);
  const step = push.step?.index ?? 0;
  if (flags.from !== undefined && (!push.step || flags.from !== step + 1))
    throw otherStep(context, push, flags.from);
  const api = await context.api();
  const now = await movePlanned(context, push, { act: 'advance', step }, flags, (plan) =>
    api.call(contracts.advancePush, {
      params: pushParams(push),
      body: {
        step,
        ...plan,
        ...(flags.despiteHealth !== undefined && { despiteHealth: flags.despiteHealth }),
        message: flags.message ?? '',
      },
    }),
  );
  if (!now) return exitCode.ok;
  // The answer to a click on a step that is not over yet: it is kept, and the step ends by itself.
  const isOver = now.state !== 'running' || now.step?.index !== step;
  sayDone(context, isOver ? 'advance' : 'click', now, push);
  if (!isOver && !flags.wait)
    for (const wait of now.step?.waits ?? []) context.output.note(`  ${wait[context.language]}`);
  return finishPush(context, now, flags, { hint: !flags.wait });
}

/** Where a refusal about a push happened. */
export const placeOf = (push: Push): { app: string; env: string; push: string } => ({
  app: push.app,
  env: push.environment,
  push: push.id,
});

function sayDone(context: Context, act: keyof typeof done, now: Push, before: Push): void {
  const params = { id: now.id, of: before.id, step: stepText(context, now) };
  const isTaken = act === 'abandon' || (act === 'rollback' && now.id === before.id);
  const text = !isTaken ? done[act] : before.state === 'planned' ? done.reject : done.abandon;
  context.output.note(context.say(text, params));
}

function otherStep(context: Context, push: Push, from: number): CliError {
  return new CliError(
    'wrong_state',
    exitCode.conflict,
    {
      what: push.step
        ? { en: '{id} is in {step}, not in step {from}.', zh: '{id} 在{step}，不在第 {from} 步。' }
        : { en: '{id} has no steps.', zh: '{id} 没有步骤。' },
      still: nothingChanged,
      todo: {
        en: 'See where it is with "sluice push show {app} {id} --env {env}".',
        zh: '请用 "sluice push show {app} {id} --env {env}" 查看其状态。',
      },
    },
    { id: push.id, step: stepText(context, push), from, app: push.app, env: push.environment },
  );
}
