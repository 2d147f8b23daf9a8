import type { ErrorText } from '@sluice/core';
import type { Command } from 'commander';
import type { GetFlags } from '../commands/get-wanted.ts';
import type { RollbackFlags } from '../commands/rollback.ts';
import type { SetFlags } from '../commands/set.ts';
import type { Declaring } from './declaring.ts';
import { given } from './delivery-values.ts';
import { itemType, wholeNumber } from './option-values.ts';
import { withDeliveryOptions, withGlobalMode, withWriteOptions } from './write-options.ts';

/** Values: get, set, diff, history, rollback. */
export function declareConfig(program: Command, declaring: Declaring): void {
  const { say, run } = declaring;
  program
    .command('get <app> <namespace[.key]>')
    .description(say({ en: 'show a value, or a whole namespace', zh: '查看配置值或整个命名空间' }))
    .option('--instance <id>', say({ en: 'what this instance holds', zh: '查看该实例持有的值' }))
    .option('--why', say({ en: 'why it holds that', zh: '说明该值的来源' }))
    .option(
      '--distribution',
      say({ en: 'which values are live, and on how many instances', zh: '查看各值在实例中的分布' }),
    )
    .option('--reveal', say({ en: 'a secret in plain; noted in the audit', zh: '显示机密明文，并记入审计' }))
    .action((app: string, text: string, flags: GetFlags, command: Command) =>
      run(command, async (context) => (await import('../commands/get.ts')).get(context, app, text, flags)),
    );
  withDeliveryOptions(
    withWriteOptions(
      program
        .command('set <app> <namespace.key=value...>')
        .description(say({ en: 'release values and push them', zh: '发布配置值并推送' }))
        .option(
          '--type <type>',
          say({
            en: 'string, number, boolean or json; else as it is',
            zh: '类型：string、number、boolean 或 json；默认保持原类型',
          }),
          itemType,
        )
        .option(
          '--secret',
          say({
            en: 'keep it sealed and show it masked; stays so for later values',
            zh: '作为机密加密保存，只显示掩码；之后的值同样如此',
          }),
        )
        .option('--create', say({ en: 'create what is not there yet', zh: '不存在时新建' })),
      declaring,
    ),
    declaring,
  )
    .addHelpText('after', () => `\n${say(setExamples)}`)
    .action((app: string, assignments: string[], flags: SetFlags, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/set.ts')).set(context, app, assignments, flags),
      ),
    );
  program
    .command('diff <app> [namespace] [from] [to]')
    .description(
      say({
        en: 'compare releases, live, draft and empty, or what is live with a file; exit 1 when they differ',
        zh: '比较发布版本、live、draft、empty，或与文件比较；有差异时退出码为 1',
      }),
    )
    .option(
      '-f, --file <path>',
      say({
        en: 'an export, or with a namespace a document; - is standard input',
        zh: '导出文件，指定命名空间时为文档；- 表示标准输入',
      }),
    )
    .action(
      (
        app: string,
        ns: string | undefined,
        from: string | undefined,
        to: string | undefined,
        flags: { file?: string },
        command: Command,
      ) =>
        run(command, async (context) =>
          (await import('../commands/diff.ts')).diff(context, app, ns, [from, to], flags),
        ),
    );
  program
    .command('history <app> <namespace>')
    .description(say({ en: 'releases of a namespace, newest first', zh: '查看命名空间的发布历史' }))
    .option(
      '--limit <n>',
      say({ en: 'at most so many', zh: '最多显示条数' }),
      wholeNumber('--limit', 1, 100_000),
      20,
    )
    .action((app: string, ns: string, flags: { limit: number }, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/history.ts')).history(context, app, ns, flags),
      ),
    );
  withGlobalMode(
    withWriteOptions(
      program
        .command('rollback <app> <namespace>')
        .description(
          say({ en: 'make an older release live again, as a new one', zh: '回滚：以新的发布恢复旧内容' }),
        )
        .option(
          '--to <release>',
          say({ en: 'which one; else the one before', zh: '目标发布版本；默认为上一个' }),
          wholeNumber('--to', 1, 2 ** 31),
        )
        .option(
          '--emergency <why>',
          say({
            en: 'although publishing is frozen, for this reason; it is flagged',
            zh: '即使发布已冻结也执行，须注明原因并会被标记',
          }),
          given('--emergency'),
        ),
      declaring,
    ),
    declaring,
  ).action((app: string, ns: string, flags: RollbackFlags, command: Command) =>
    run(command, async (context) =>
      (await import('../commands/rollback.ts')).rollback(context, app, ns, flags),
    ),
  );
}

const setExamples: ErrorText = {
  en: `Several namespaces in one command are one change set: one revision, all or nothing on each instance.
A dry run names every instance with its old and new value; -o json tells the hash for --plan.

Examples:
  sluice set order-api order.timeoutMs=500 -m "INC-12" --wait
  sluice set order-api order.timeoutMs=500 --instance i-1 --expires 10m
  sluice set order-api order.timeoutMs=500 --percent 5 --among 'zone=a' --dry-run
  sluice set order-api order.timeoutMs=500 order.eu.rate=0.2 --steps 5,25,100 --bake 10m --auto --wait`,
  zh: `一条命令中的多个命名空间是一个变更集：一个修订号，每个实例要么全部应用，要么都不应用。
试运行会列出每个实例的旧值和新值；-o json 会给出用于 --plan 的哈希值。

示例：
  sluice set order-api order.timeoutMs=500 -m "INC-12" --wait
  sluice set order-api order.timeoutMs=500 --instance i-1 --expires 10m
  sluice set order-api order.timeoutMs=500 --percent 5 --among 'zone=a' --dry-run
  sluice set order-api order.timeoutMs=500 order.eu.rate=0.2 --steps 5,25,100 --bake 10m --auto --wait`,
};
