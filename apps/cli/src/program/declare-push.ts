import type { ErrorText } from '@sluice/core';
import type { Command } from 'commander';
import type { ListFlags } from '../commands/push.ts';
import type { ActFlags, Hold, Undoing } from '../commands/push-act.ts';
import type { PromoteFlags } from '../commands/push-promote.ts';
import type { ProposalFlags } from '../commands/push-proposal.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../failure/exit-code.ts';
import type { Declaring } from './declaring.ts';
import { given, names, planHash } from './delivery-values.ts';
import { duration, wholeNumber } from './option-values.ts';
import { withWaitOptions } from './write-options.ts';

/** Pushes: looked at, followed, moved and ended. */
export function declarePush(program: Command, declaring: Declaring): void {
  const { say, run } = declaring;
  const push = program
    .command('push')
    .description(say({ en: 'pushes and their verdicts', zh: '推送及其结论' }))
    .addHelpText('after', () => `\n${say(examples)}`);
  push
    .command('ls [app]')
    .description(say({ en: 'pushes, newest first', zh: '列出推送' }))
    .option('--open', say({ en: 'only those that are not over', zh: '仅未结束的推送' }))
    .option(
      '--in-force',
      say({
        en: 'only those whose values for some instances are in force now',
        zh: '仅对部分实例的值目前生效的推送',
      }),
    )
    .option(
      '--namespace <name>',
      say({ en: 'only of this namespace', zh: '仅该命名空间' }),
      given('--namespace'),
    )
    .option(
      '--limit <n>',
      say({ en: 'at most so many', zh: '最多显示条数' }),
      wholeNumber('--limit', 1, 200),
      20,
    )
    .action((app: string | undefined, flags: ListFlags, command: Command) =>
      run(command, async (context) => (await import('../commands/push.ts')).listPushes(context, app, flags)),
    );

  /** A command about one push: `<app> <id>`, or the id alone. */
  const about = <Flags>(
    name: string,
    description: ErrorText,
    action: (context: Context, words: string[], flags: Flags) => Promise<ExitCode>,
  ): Command =>
    push
      .command(`${name} <app-or-id> [id]`)
      .description(say(description))
      .action((first: string, second: string | undefined, flags: Flags, command: Command) =>
        run(command, (context) => action(context, second === undefined ? [first] : [first, second], flags)),
      );
  const saying = (command: Command): Command =>
    withWaitOptions(
      command
        .option('-m, --message <why>', say({ en: 'why; it stands in the audit', zh: '原因，会记入审计' }))
        .option(
          '-y, --yes',
          say({ en: 'do not ask, also in a protected environment', zh: '不询问，包括受保护的环境' }),
        ),
      declaring,
    );

  about(
    'show',
    { en: 'where it is, and every target', zh: '查看进展和每个目标实例' },
    async (context, words) => (await import('../commands/push.ts')).showPush(context, words),
  );
  about(
    'plan',
    { en: 'whom it changes, from what to what, and why', zh: '查看它会改变哪些实例、前后的值及原因' },
    async (context, words) => (await import('../commands/push.ts')).planOfPush(context, words),
  );
  about<{ timeout?: number }>(
    'watch',
    {
      en: 'follow it to its verdict, or until a step waits for somebody',
      zh: '跟踪至得出结论，或某一步需要人工操作',
    },
    async (context, words, flags) => (await import('../commands/push.ts')).watchPush(context, words, flags),
  )
    .option(
      '--timeout <time>',
      say({ en: 'give up after this time; exit 7', zh: '等待时长，超时退出码为 7' }),
      duration('--timeout'),
    )
    .addHelpText('after', () => `\n${say(watchCodes)}`);
  const planned = (command: Command): Command =>
    saying(command).option(
      '--plan <hash>',
      say({ en: 'only if the plan is still the one with this hash', zh: '仅当计划仍与该哈希值一致时执行' }),
      planHash,
    );
  const moving = (command: Command): Command =>
    planned(command).option(
      '--dry-run',
      say({ en: 'only show exactly who would change', zh: '仅显示哪些实例会发生变化' }),
    );
  moving(
    about<ActFlags & { from?: number; despiteHealth?: string }>(
      'advance',
      { en: 'go to the next step of a gray', zh: '进入灰度的下一步' },
      async (context, words, flags) =>
        (await import('../commands/push-act.ts')).advancePush(context, words, flags),
    )
      .option(
        '--from <step>',
        say({
          en: 'only if it is in this step, so that two runs are one',
          zh: '仅当处于该步骤时执行，避免重复',
        }),
        wholeNumber('--from', 1, 20),
      )
      .option(
        '--despite-health <why>',
        say({
          en: 'go on although nobody knows whether the members are well, for this reason',
          zh: '健康状况未知时仍继续，须注明原因',
        }),
        given('--despite-health'),
      ),
  );
  for (const act of Object.keys(holdTexts) as Hold[])
    saying(
      about<ActFlags>(act, holdTexts[act], async (context, words, flags) =>
        (await import('../commands/push-act.ts')).holdPush(context, act, words, flags),
      ),
    );
  const undoing = (act: Undoing): Command =>
    moving(
      about<ActFlags>(act, undoTexts[act], async (context, words, flags) =>
        (await import('../commands/push-act.ts')).undoPush(context, act, words, flags),
      ),
    );
  undoing('abandon');
  undoing('rollback').option(
    '--emergency <why>',
    say({
      en: 'although publishing is frozen, for this reason; it is flagged',
      zh: '即使发布已冻结也执行，须注明原因并会被标记',
    }),
    given('--emergency'),
  );
  moving(
    about<PromoteFlags>(
      'promote',
      { en: 'make a gray the value of everyone', zh: '将灰度值设为所有实例的值（全量）' },
      async (context, words, flags) =>
        (await import('../commands/push-promote.ts')).promotePush(context, words, flags),
    )
      .option(
        '--keep-gray <keys>',
        say({
          en: 'where everyone got another value meanwhile: for these the gray one stays',
          zh: '全局已另有更改的配置项中，保留灰度值的项',
        }),
        names('--keep-gray'),
      )
      .option(
        '--keep-global <keys>',
        say({ en: 'for these the global one stays', zh: '保留全局值的项' }),
        names('--keep-global'),
      )
      .option(
        '--groups-win',
        say({ en: 'go on although a group has one of the keys and wins', zh: '即使分组的值优先也继续' }),
      )
      .option(
        '--despite-health <why>',
        say({
          en: 'go on although its instances do worse than the rest, for this reason',
          zh: '即使其实例比其余实例表现差仍继续，须注明原因',
        }),
        given('--despite-health'),
      ),
  );
  planned(
    about<ProposalFlags>(
      'approve',
      { en: 'approve a proposed push of somebody else', zh: '批准他人提交的推送' },
      async (context, words, flags) =>
        (await import('../commands/push-proposal.ts')).approvePush(context, words, flags),
    ),
  );
  planned(
    about<ProposalFlags>(
      'start',
      { en: 'start a proposed push that has its approvals', zh: '开始已获批准的推送' },
      async (context, words, flags) =>
        (await import('../commands/push-proposal.ts')).startPush(context, words, flags),
    ),
  ).option(
    '--emergency <why>',
    say({
      en: 'without approval, for this reason; it is flagged',
      zh: '不经审批紧急发布，须注明原因并会被标记',
    }),
    given('--emergency'),
  );
}

const holdTexts: Readonly<Record<Hold, ErrorText>> = {
  pause: { en: 'keep a gray in its step, whatever its gate says', zh: '将灰度停在当前步骤' },
  resume: { en: 'let a paused gray go on', zh: '继续已暂停的灰度' },
  repush: { en: 'send it again to all that do not hold it', zh: '向未持有的实例重新推送' },
};

const undoTexts: Readonly<Record<Undoing, ErrorText>> = {
  abandon: { en: 'take away what a push laid for some instances', zh: '撤回推送给部分实例的值' },
  rollback: {
    en: 'undo it: the content before a global push comes back, any other is abandoned',
    zh: '撤销推送：全局推送恢复之前的内容，其他推送则放弃',
  },
};

const examples: ErrorText = {
  en: `A push is named by its app and id, or by its id alone; the first letters of the id will do, at least 6.

Examples:
  sluice push ls order-api --open
  sluice push ls --in-force
  sluice push advance order-api 0c1f52ab --from 1 --dry-run
  sluice push advance order-api 0c1f52ab --from 1 --wait
  sluice push promote order-api 0c1f52ab --keep-gray order.timeoutMs --keep-global order.retries
  sluice push abandon order-api 0c1f52ab -m "p99 rose" --wait`,
  zh: `推送可用应用和编号指定，也可只用编号；编号可只写开头部分，至少 6 位。

示例：
  sluice push ls order-api --open
  sluice push ls --in-force
  sluice push advance order-api 0c1f52ab --from 1 --dry-run
  sluice push advance order-api 0c1f52ab --from 1 --wait
  sluice push promote order-api 0c1f52ab --keep-gray order.timeoutMs --keep-global order.retries
  sluice push abandon order-api 0c1f52ab -m "p99 升高" --wait`,
};

const watchCodes: ErrorText = {
  en: `It ends with 0 when all hold it, or a step has done its part and waits for a click; 3 when not every
instance holds it; 5 when somebody paused or ended it; 6 when a guardrail halted it; 7 when the time is up.
With -o ndjson every change of it is a line.`,
  zh: `退出码：0 全部持有，或某一步已完成并等待人工确认；3 有实例未持有；5 被人暂停或结束；
6 被护栏叫停；7 超时。使用 -o ndjson 时，每次变化输出一行。`,
};
