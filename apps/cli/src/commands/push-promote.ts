import type { Push } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { findPush, pushParams } from '../delivery/find-push.ts';
import { finishPush } from '../delivery/finish-push.ts';
import { mergeChoices, withConflicts } from '../delivery/merge-choices.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { ServerError } from '../failure/server-error.ts';
import type { ActFlags } from './push-act.ts';
import { movePlanned } from './push-planned.ts';

export interface PromoteFlags extends ActFlags {
  /** Keys whose gray value stays where global has changed meanwhile, and keys whose global value does. */
  readonly keepGray?: readonly string[];
  readonly keepGlobal?: readonly string[];
  readonly groupsWin?: boolean;
  /** Why it goes on although its instances do worse than the rest. */
  readonly despiteHealth?: string;
}

/** `sluice push promote`: what was gray becomes the value of everyone; conflicts are shown key by key. */
export async function promotePush(
  context: Context,
  words: readonly string[],
  flags: PromoteFlags,
): Promise<ExitCode> {
  const push = await findPush(context, words);
  const choices = mergeChoices(push, {
    ...(flags.keepGray && { gray: flags.keepGray }),
    ...(flags.keepGlobal && { global: flags.keepGlobal }),
  });
  const api = await context.api();
  const how = { ...(choices && { choices }), groupsWin: flags.groupsWin === true };
  const promoted = await withChoices(context, push, () =>
    movePlanned(context, push, { act: 'promote', ...how }, flags, (plan) =>
      api.call(contracts.promotePush, {
        params: pushParams(push),
        body: {
          ...how,
          ...plan,
          ...(flags.despiteHealth !== undefined && { despiteHealth: flags.despiteHealth }),
          message: flags.message ?? '',
        },
      }),
    ),
  );
  if (!promoted) return exitCode.ok;
  context.output.note(
    context.say(
      {
        en: '{id} becomes the value of everyone; its instances see no change.',
        zh: '{id} 将成为所有实例的值；其实例不会看到变化。',
      },
      { id: push.id },
    ),
  );
  return finishPush(context, promoted, flags);
}

/** Shows conflicts key by key, whether they were there when it was looked at or came up since. */
async function withChoices<T>(context: Context, push: Push, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ServerError) || error.code !== 'merge_conflict') throw error;
    throw withConflicts(context, error, push);
  }
}
