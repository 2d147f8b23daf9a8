import type { ErrorText } from '@sluice/core';
import type { Push } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { appsLeft, exitOf, isProven, standingOf } from '../delivery/standing.ts';
import { CliError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { apartLines, linkedSentence, progressLine, verdictSentence } from './verdict.ts';

/** How often a running push is asked for: soon at first, since most verdicts come within a moment. */
const pollMs = (asked: number): number => Math.min(500, 100 * 2 ** Math.min(asked, 3));

export interface WaitOptions {
  /** Absent: as long as it takes. */
  readonly timeoutMs?: number;
  /** Called with every state that differs from the last one. */
  readonly onChange?: (push: Push) => void;
  /** An end that was asked for: it is waited for until it is proven, too. */
  readonly ends?: boolean;
}

/**
 * Follows a push until its verdict and those of the apps that link what it released, or until it waits for somebody.
 * Throws with the exit code for a timeout, and for Ctrl+C.
 */
export async function waitForVerdict(context: Context, push: Push, options: WaitOptions = {}): Promise<Push> {
  const { io, output } = context;
  const api = await context.api();
  const params = { env: push.environment, app: push.app, push: push.id };
  const deadline = options.timeoutMs === undefined ? Number.POSITIVE_INFINITY : io.now() + options.timeoutMs;
  let interrupted = false;
  let wake = (): void => undefined;
  const release = io.onInterrupt(() => {
    interrupted = true;
    wake();
  });
  const show = options.onChange ?? ((now) => output.progress(progressLine(context, now)));
  try {
    let last = '';
    let asked = 0;
    for (let now = push; ; now = await api.call(contracts.getPush, { params })) {
      // A line that would read the same again is not said; a program gets every change of state.
      const line = `${options.onChange ? now.state : ''} ${progressLine(context, now)}`;
      // Before it is known whom it is for there is nothing to count; a program gets that state, too.
      const isTold = options.onChange !== undefined || now.verdict.targets > 0 || now.linked !== undefined;
      if (line !== last && isTold) show(now);
      last = line;
      // What an act answers with doesn't say whom it reaches by links: that is asked for.
      const isThere = now !== push && standingOf(now) !== 'moving' && (now.linked?.open ?? 0) === 0;
      if (isThere && (!options.ends || isProven(now))) return now;
      if (interrupted) throw stopped(now);
      const left = deadline - io.now();
      if (left <= 0) throw timedOut(now, options.timeoutMs ?? 0);
      const stop = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await Promise.race([io.sleep(Math.min(pollMs(asked++), left)), stop]);
    }
  } finally {
    release();
  }
}

/** Says where it ended, who stands apart and what to type next, and what a script shall make of it. */
export async function reportVerdict(context: Context, push: Push, ended = false): Promise<ExitCode> {
  const { errColour, note } = context.output;
  const code = exitOf(push, ended);
  note(verdictSentence(context, push), code === exitCode.ok ? errColour.green : errColour.red);
  const linked = linkedSentence(context, push);
  if (linked !== '') note(linked);
  if (push.verdict.holding < push.verdict.targets) {
    const params = { env: push.environment, app: push.app, push: push.id };
    const { items } = await (await context.api()).call(contracts.listPushInstances, { params });
    for (const line of apartLines(context, items)) note(line);
  }
  for (const wait of push.step?.waits ?? []) note(`  ${wait[context.language]}`);
  const next = nextText(push);
  if (next) note(context.say(next, place(push)));
  return code;
}

/** The command that most likely comes next, where one has to come. */
function nextText(push: Push): ErrorText | undefined {
  switch (standingOf(push)) {
    case 'held':
      return nexts.held;
    case 'paused':
      return nexts.paused;
    case 'converged':
      return push.mode === 'gray' ? nexts.gray : undefined;
    case 'diverged':
      return nexts.diverged;
    case 'halted':
      return nexts.halted;
    default:
      return undefined;
  }
}

const nexts = {
  held: {
    en: 'Next: sluice push advance {app} {id} --env {env} (or promote, or abandon)',
    zh: '下一步：sluice push advance {app} {id} --env {env}（或 promote、abandon）',
  },
  paused: {
    en: 'Next: sluice push resume {app} {id} --env {env} (or abandon)',
    zh: '下一步：sluice push resume {app} {id} --env {env}（或 abandon）',
  },
  gray: {
    en: 'Next: sluice push promote {app} {id} --env {env} makes it the value of everyone (abandon takes it back)',
    zh: '下一步：sluice push promote {app} {id} --env {env} 将其设为所有实例的值（abandon 则撤回）',
  },
  diverged: {
    en: 'Next: sluice push repush {app} {id} --env {env} sends it again to those that do not hold it',
    zh: '下一步：sluice push repush {app} {id} --env {env} 会向未持有的实例重新推送',
  },
  halted: {
    en: 'Next: sluice push abandon {app} {id} --env {env}',
    zh: '下一步：sluice push abandon {app} {id} --env {env}',
  },
} as const satisfies Record<string, ErrorText>;

const goesOn = (push: Push): ErrorText =>
  push.mode === 'global'
    ? { en: 'The release is live and the push goes on.', zh: '该发布版本已生效，推送仍在继续。' }
    : { en: 'The push goes on.', zh: '推送仍在继续。' };
const watchIt = {
  en: 'Look again with "sluice push watch {app} {id} --env {env}".',
  zh: '稍后可运行 "sluice push watch {app} {id} --env {env}" 查看。',
};

function place(push: Push): Record<string, string | number> {
  const { holding, targets } = push.verdict;
  return { id: push.id, app: push.app, env: push.environment, holding, targets };
}

function timedOut(push: Push, timeoutMs: number): CliError {
  const isHere = standingOf(push) !== 'moving' && (push.linked?.open ?? 0) > 0;
  return new CliError(
    'push_undecided',
    exitCode.timeout,
    {
      what: isHere
        ? {
            en: 'Push {id} is through here ({holding} of {targets} instances hold it), but {left} of {apps} apps that link it are not after {seconds} s.',
            zh: '推送 {id} 在本应用已完成（{targets} 个实例中有 {holding} 个已持有），但 {seconds} 秒后，{apps} 个链接应用中仍有 {left} 个尚未完成。',
          }
        : {
            en: 'Push {id} has no verdict after {seconds} s: {holding} of {targets} instances hold it.',
            zh: '推送 {id} 在 {seconds} 秒后仍无结论：{targets} 个实例中有 {holding} 个已持有。',
          },
      still: goesOn(push),
      todo: watchIt,
    },
    {
      ...place(push),
      seconds: Math.round(timeoutMs / 100) / 10,
      left: appsLeft(push),
      apps: push.linked?.apps ?? 0,
    },
    { lines: push.step?.waits ?? [] },
  );
}

function stopped(push: Push): CliError {
  return new CliError(
    'interrupted',
    exitCode.interrupted,
    {
      what: {
        en: 'Stopped waiting for push {id}: {holding} of {targets} instances hold it so far.',
        zh: '已停止等待推送 {id}：目前 {targets} 个实例中有 {holding} 个已持有。',
      },
      still: goesOn(push),
      todo: watchIt,
    },
    place(push),
  );
}
