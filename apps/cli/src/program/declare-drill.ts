import type { ErrorText } from '@sluice/core';
import type { Command } from 'commander';
import type { RunFlags } from '../commands/drill-run.ts';
import type { Declaring } from './declaring.ts';
import { given } from './delivery-values.ts';
import { duration, wholeNumber } from './option-values.ts';

function withRunOptions(command: Command, { say }: Declaring): Command {
  return command
    .option(
      '--wait',
      say({ en: 'follow it to its verdict, which is the exit code', zh: '等待结论，并以其作为退出码' }),
    )
    .option(
      '--junit <path>',
      say({ en: 'wait, and write the report as JUnit XML', zh: '等待，并将报告写为 JUnit XML' }),
      given('--junit'),
    )
    .option(
      '--timeout <time>',
      say({ en: 'give up waiting after this time; exit 7', zh: '等待时长，超时退出码为 7' }),
      duration('--timeout'),
    )
    .option(
      '-y, --yes',
      say({ en: 'do not ask, also in a protected environment', zh: '不询问，包括受保护的环境' }),
    );
}

/** Drills that are stored first and started later, perhaps by somebody else. */
function declareStored(drill: Command, declaring: Declaring): void {
  const { say, run } = declaring;
  drill
    .command('save <app> <file>')
    .description(
      say({
        en: 'store the drill of a YAML file without starting it; - is standard input',
        zh: '保存 YAML 文件描述的演练但不启动；- 表示标准输入',
      }),
    )
    .option(
      '--replaces <id>',
      say({
        en: 'in place of this design, which was not started yet',
        zh: '替换尚未启动的该演练的设计',
      }),
      given('--replaces'),
    )
    .action((app: string, file: string, flags: { replaces?: string }, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/drill-draft.ts')).saveDrill(context, app, file, flags),
      ),
    );
  drill
    .command('check <app> <id>')
    .description(
      say({
        en: 'look whether a stored one could start now; exit 5 when something keeps it',
        zh: '检查已保存的演练目前能否启动；不能时退出码为 5',
      }),
    )
    .action((app: string, id: string, _flags: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/drill-draft.ts')).checkDrill(context, app, id),
      ),
    );
  withRunOptions(
    drill.command('start <app> <drill>').description(
      say({
        en: 'start one that is stored, by its id or its title',
        zh: '按 ID 或标题启动已保存的演练',
      }),
    ),
    declaring,
  )
    .addHelpText('after', () => `\n${say(runCodes)}`)
    .action((app: string, id: string, flags: RunFlags, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/drill-draft.ts')).startDrill(context, app, id, flags),
      ),
    );
  drill
    .command('delete <app> <id>')
    .description(say({ en: 'throw away one that was never started', zh: '删除从未启动过的演练' }))
    .action((app: string, id: string, _flags: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/drill-draft.ts')).deleteDrill(context, app, id),
      ),
    );
}

/** Drills: faults on purpose, for a while, with guards and a report. */
export function declareDrill(program: Command, { say, run }: Declaring): void {
  const drill = program
    .command('drill')
    .description(
      say({ en: 'drills: break calls on purpose, and see what holds', zh: '演练：注入故障并检验假设' }),
    )
    .addHelpText('after', () => `\n${say(examples)}`);
  drill
    .command('ls <app>')
    .description(say({ en: 'drills, newest first', zh: '列出演练' }))
    .option('--open', say({ en: 'only those that are not over', zh: '仅未结束的演练' }))
    .option(
      '--limit <n>',
      say({ en: 'at most so many', zh: '最多显示条数' }),
      wholeNumber('--limit', 1, 200),
      20,
    )
    .action((app: string, flags: { open?: boolean; limit: number }, command: Command) =>
      run(command, async (context) => (await import('../commands/drill.ts')).listDrills(context, app, flags)),
    );
  drill
    .command('show <app> <id>')
    .description(say({ en: 'where it is, its checks, every instance', zh: '查看进展、检查项和各实例' }))
    .action((app: string, id: string, _flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/drill.ts')).showDrill(context, app, id)),
    );
  drill
    .command('templates <app> [template]')
    .description(
      say({
        en: 'designs to begin with; with a name: its YAML, to be saved and changed',
        zh: '列出演练模板；指定名称则输出其 YAML，可保存后修改',
      }),
    )
    .action((app: string, template: string | undefined, _flags: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/drill.ts')).drillTemplates(context, app, template),
      ),
    );
  drill
    .command('plan <app> <file>')
    .description(
      say({
        en: 'exactly which instances, and what would keep it from starting now; exit 5 when something would',
        zh: '显示会涉及哪些实例，以及目前阻止其启动的原因；存在此类原因时退出码为 5',
      }),
    )
    .action((app: string, file: string, _flags: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/drill-run.ts')).planDrill(context, app, file),
      ),
    );
  declareStored(drill, { say, run });
  withRunOptions(
    drill.command('run <app> <file>').description(
      say({
        en: 'start the drill of a YAML file; - is standard input',
        zh: '启动 YAML 文件描述的演练；- 表示标准输入',
      }),
    ),
    { say, run },
  )
    .addHelpText('after', () => `\n${say(runCodes)}`)
    .action((app: string, file: string, flags: RunFlags, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/drill-run.ts')).runDrill(context, app, file, flags),
      ),
    );
  drill
    .command('stop <app> <id>')
    .description(say({ en: 'end every fault now', zh: '立即结束所有故障' }))
    .option('-m, --message <why>', say({ en: 'why; it stands in the audit', zh: '原因，会记入审计' }))
    .action((app: string, id: string, flags: { message?: string }, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/drill.ts')).stopDrill(context, app, id, flags),
      ),
    );
  drill
    .command('report <app> <id>')
    .description(say({ en: 'what it came to, as Markdown or data', zh: '输出报告（Markdown 或数据）' }))
    .action((app: string, id: string, _flags: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/drill-report.ts')).reportDrill(context, app, id),
      ),
    );
  drill
    .command('compare <app> <id>')
    .description(
      say({
        en: 'beside an earlier run: the last of the same title',
        zh: '与更早的运行比较：默认同名的上一次',
      }),
    )
    .option('--with <id>', say({ en: 'beside this one', zh: '与指定的演练比较' }), given('--with'))
    .action((app: string, id: string, flags: { with?: string }, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/drill-report.ts')).compareDrill(context, app, id, flags),
      ),
    );
}

const examples: ErrorText = {
  en: `Examples:
  sluice drill templates storefront slowPayment > slow.yaml
  sluice drill plan storefront slow.yaml
  sluice drill run storefront slow.yaml --wait --junit report.xml`,
  zh: `示例：
  sluice drill templates storefront slowPayment > slow.yaml
  sluice drill plan storefront slow.yaml
  sluice drill run storefront slow.yaml --wait --junit report.xml`,
};

const runCodes: ErrorText = {
  en: `Exit codes with --wait: 0 the hypothesis held, 1 it does not hold, 3 interrupted, 5 refused to start, 6 aborted
by a guard or by somebody, 7 not over in time, 8 the server stays away. Ctrl+C stops the drill.`,
  zh: `使用 --wait 时的退出码：0 假设成立，1 假设不成立，3 已中断，5 拒绝启动，6 被护栏或人工中止，
7 等待超时，8 服务器持续无法连接。Ctrl+C 会停止演练。`,
};
