import type { Command } from 'commander';
import type { Declaring } from './declaring.ts';
import { given, instanceIds, lifetime, percent, planHash, selectorText, steps } from './delivery-values.ts';
import { withGuardrailOptions } from './guardrail-options.ts';
import { duration, globalMode, oneOf, pushMode, wholeNumber } from './option-values.ts';

/** The options of every command that releases something, in one place so that they are the same everywhere. */
export function withWriteOptions(command: Command, declaring: Declaring): Command {
  const { say } = declaring;
  command
    .option('-m, --message <why>', say({ en: 'why; it stands in the history', zh: '变更原因，会记入历史' }))
    .option('--dry-run', say({ en: 'only show what would change', zh: '只显示将发生的更改' }));
  return withWaitOptions(command, declaring).option(
    '-y, --yes',
    say({ en: 'do not ask, also in a protected environment', zh: '不询问，包括受保护的环境' }),
  );
}

/** For commands that take whole namespaces from a file. */
export function withFileOptions(command: Command, { say }: Declaring): Command {
  return command
    .requiredOption(
      '-f, --file <path>',
      say({
        en: 'an export in YAML or JSON; - is standard input',
        zh: 'YAML 或 JSON 导出文件；- 表示标准输入',
      }),
    )
    .option(
      '--namespace <name>',
      say({ en: 'the file itself is the document of this namespace', zh: '文件本身就是该命名空间的文档' }),
    );
}

/** For commands whose releases are for everyone. */
export function withGlobalMode(command: Command, { say }: Declaring): Command {
  return command.option(
    '--mode <mode>',
    say({ en: 'who gets it: global, every instance', zh: '推送范围：global 表示所有实例' }),
    globalMode,
  );
}

/** For commands that start or move a push. */
export function withWaitOptions(command: Command, { say }: Declaring): Command {
  return command
    .option(
      '--wait',
      say({
        en: 'wait for the verdict, or until a step waits for somebody; exit 3 when not every instance holds it',
        zh: '等待推送结论，或等到某一步需要人工操作；有实例未生效时退出码为 3',
      }),
    )
    .option(
      '--timeout <time>',
      say({
        en: 'how long to wait (default 60s, and the bake times); exit 7',
        zh: '等待时长（默认 60s，另加观察时间），超时退出码为 7',
      }),
      duration('--timeout'),
    );
}

/** The options that say to whom a change goes and how. */
export function withDeliveryOptions(command: Command, declaring: Declaring): Command {
  const { say } = declaring;
  return withGuardrailOptions(command, declaring)
    .option(
      '--mode <mode>',
      say({
        en: 'who gets it: single, gray, group or global (default global, or what the options below name)',
        zh: '推送范围：single、gray、group 或 global（默认 global，或由下列选项决定）',
      }),
      pushMode,
    )
    .option('--instance <id>', say({ en: 'single: this instance', zh: '单机：该实例' }), given('--instance'))
    .option('--group <name>', say({ en: 'group: this group', zh: '分组：该分组' }), given('--group'))
    .option('--percent <n>', say({ en: 'gray: a share of the fleet', zh: '灰度：按比例' }), percent)
    .option(
      '--steps <list>',
      say({ en: 'gray: shares that grow (default 5,25,100)', zh: '灰度：逐步增大的比例（默认 5,25,100）' }),
      steps,
    )
    .option(
      '--count <n>',
      say({ en: 'gray: so many instances', zh: '灰度：按实例数' }),
      wholeNumber('--count', 1, 10_000),
    )
    .option('--instances <ids>', say({ en: 'gray: these instances', zh: '灰度：指定实例' }), instanceIds)
    .option(
      '--labels <selector>',
      say({ en: 'gray: all that these labels fit', zh: '灰度：符合标签的实例' }),
      selectorText('--labels'),
    )
    .option(
      '--among <selector>',
      say({ en: 'gray: the share or count is of these only', zh: '灰度：比例或数量只在这些实例中计算' }),
      selectorText('--among'),
    )
    .option(
      '--bake <time>',
      say({ en: 'gray: how long each step runs at least', zh: '灰度：每一步至少运行多久' }),
      duration('--bake'),
    )
    .option(
      '--health',
      say({
        en: 'gray: a step is over only when health is known to hold (so it is with guardrails)',
        zh: '灰度：确认健康后才能结束一步（启用护栏时默认如此）',
      }),
    )
    .option(
      '--no-health',
      say({
        en: 'gray: goes on while nobody knows the health; a breach halts it all the same',
        zh: '灰度：健康状况未知时也继续；越线时仍会叫停',
      }),
    )
    .option(
      '--auto',
      say({ en: 'gray: go to the next step without a click', zh: '灰度：无需人工确认，自动进入下一步' }),
    )
    .option(
      '--grays <what>',
      say({
        en: 'global: what becomes of grays on the same keys: keep or supersede',
        zh: '全局：如何处理相同配置项的灰度：keep 保留，supersede 取代',
      }),
      oneOf('--grays', ['keep', 'supersede']),
    )
    .option(
      '--expires <time>',
      say({
        en: 'how long it lives, at most 7d, or never (default: single 1h, else never)',
        zh: '有效期，最长 7d，或 never（默认：单机 1h，其余不过期）',
      }),
      lifetime,
    )
    .option(
      '--two-phase',
      say({
        en: 'all members check it first; one veto and nobody applies it',
        zh: '两阶段：全部成员先校验，一个否决则都不应用',
      }),
    )
    .option('--unseen', say({ en: 'also instances that were never seen', zh: '允许指定从未出现过的实例' }))
    .option(
      '--plan <hash>',
      say({ en: 'only if the plan is still the one with this hash', zh: '仅当计划仍与该哈希值一致时执行' }),
      planHash,
    )
    .option(
      '--propose',
      say({ en: 'store it for others to approve; nothing is pushed', zh: '仅提交提案等待审批，不推送' }),
    )
    .option(
      '--replaces <push>',
      say({
        en: 'with --propose: instead of this proposal, whose approvals are void',
        zh: '与 --propose 同用：替换该提案，其已有的审批作废',
      }),
      given('--replaces'),
    )
    .option(
      '--emergency <why>',
      say({
        en: 'without approval, for this reason; it is flagged',
        zh: '不经审批紧急发布，须注明原因并会被标记',
      }),
      given('--emergency'),
    );
}
