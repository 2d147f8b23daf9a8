import type { Push } from '@sluice/protocol';
import type { Context } from '../context.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { reportVerdict, waitForVerdict } from '../release/wait.ts';
import { modeWord, pushOfWhat, pushStateWord } from './push-words.ts';
import { stepText } from './target-text.ts';

export interface FinishFlags {
  readonly wait?: boolean;
  /** Milliseconds. */
  readonly timeout?: number;
}

export interface FinishOptions {
  /** The command ended the push: its end is what is waited for and proven. */
  readonly ends?: boolean;
  /** What programs get; else the push itself. */
  readonly data?: (push: Push) => unknown;
  /** Said when nobody waits. */
  readonly hint?: boolean;
}

/** Ends a command that started or moved a push: waits where that was asked for, prints it, and answers with the exit code. */
export async function finishPush(
  context: Context,
  push: Push,
  flags: FinishFlags,
  { ends = false, data = (now) => now, hint = true }: FinishOptions = {},
): Promise<ExitCode> {
  let [now, code, failure]: [Push, ExitCode, unknown] = [push, exitCode.ok, undefined];
  if (flags.wait)
    try {
      now = await waitForVerdict(context, push, { timeoutMs: flags.timeout ?? patienceMs(push), ends });
      code = await reportVerdict(context, now, ends);
    } catch (error) {
      failure = error; // what was pushed is told first
    }
  await printPush(context, now, data(now));
  if (failure !== undefined) throw failure;
  if (!flags.wait && hint) hintToWatch(context, now);
  return code;
}

/** How long `--wait` waits when nobody says: a minute, and the times that the steps themselves take. */
function patienceMs({ target }: Push): number {
  const minuteMs = 60_000;
  if (target.mode !== 'gray') return minuteMs;
  const { audience, gate, guardrails } = target;
  const steps = audience.by === 'percent' && !gate.click ? audience.steps.length : 1;
  // Where calls are few, it takes a while until there are enough to know that all is well.
  const isJudged = guardrails?.off === undefined && gate.health !== false;
  return minuteMs + steps * (gate.bakeMs + (isJudged ? minuteMs / 2 : 0));
}

async function printPush(context: Context, push: Push, data: unknown): Promise<void> {
  const { output } = context;
  if (output.format !== 'table') return output.one(data, () => '');
  await output.list(
    [push],
    [
      { head: { en: 'PUSH', zh: '推送' }, cell: (p) => p.id },
      { head: { en: 'MODE', zh: '模式' }, cell: (p) => modeWord(context, p.mode) },
      { head: { en: 'STATE', zh: '状态' }, cell: (p) => pushStateWord(context, p.state) },
      { head: { en: 'STEP', zh: '步骤' }, cell: (p) => stepText(context, p) || '-' },
      { head: { en: 'WHAT', zh: '内容' }, cell: (p) => pushOfWhat(p) },
      { head: { en: 'REVISION', zh: '修订号' }, cell: (p) => String(p.revision) },
      { head: { en: 'HOLDING', zh: '已持有' }, cell: (p) => `${p.verdict.holding}/${p.verdict.targets}` },
      { head: { en: 'EXPIRES', zh: '到期' }, cell: (p) => p.expiresAt ?? '-' },
    ],
  );
}

function hintToWatch(context: Context, push: Push): void {
  context.output.note(
    context.say(
      {
        en: 'The push has begun. See whether every instance holds it: sluice push watch {app} {id} --env {env}',
        zh: '推送已开始。查看各实例是否都已持有：sluice push watch {app} {id} --env {env}',
      },
      { app: push.app, id: push.id, env: push.environment },
    ),
  );
}
