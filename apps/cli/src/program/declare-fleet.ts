import type { ErrorText } from '@sluice/core';
import type { Command } from 'commander';
import type { GroupFlags } from '../commands/groups.ts';
import type { TimelineFlags } from '../commands/instance-timeline.ts';
import type { Declaring } from './declaring.ts';
import { given, moment, selectorText } from './delivery-values.ts';
import { wholeNumber } from './option-values.ts';

/** What runs: instances, and groups of them. */
export function declareFleet(program: Command, declaring: Declaring): void {
  declareInstances(program, declaring);
  declareGroups(program, declaring);
}

function declareInstances(program: Command, { say, run }: Declaring): void {
  const instances = program
    .command('instances')
    .description(say({ en: 'running processes of an app', zh: '应用的运行实例' }))
    .addHelpText('after', () => `\n${say(instanceExamples)}`);
  instances
    .command('ls <app>')
    .description(
      say({ en: 'online ones and those seen in the last day', zh: '列出在线及最近一天出现过的实例' }),
    )
    .option('--online', say({ en: 'only online ones', zh: '仅在线实例' }))
    .action((app: string, flags: { online?: boolean }, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/instances.ts')).listInstances(context, app, flags),
      ),
    );
  instances
    .command('show <app> <instance>')
    .description(say({ en: 'one process and what it holds', zh: '查看实例及其持有的内容' }))
    .action((app: string, instance: string, _flags: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/instances.ts')).showInstance(context, app, instance),
      ),
    );
  instances
    .command('probe <app> <instance>')
    .description(
      say({
        en: 'ask it what it really holds, from its live memory; exit 1 when that differs',
        zh: '向实例核实内存中实际持有的内容；不一致时退出码为 1',
      }),
    )
    .action((app: string, instance: string, _flags: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/instance-probe.ts')).probeInstance(context, app, instance),
      ),
    );
  instances
    .command('timeline <app> <instance>')
    .description(
      say({ en: 'what it held, at a moment or over a time', zh: '查看实例在某一时刻或一段时间内持有的内容' }),
    )
    .option('--at <moment>', say({ en: 'at this moment', zh: '在该时刻' }), moment('--at'))
    .option(
      '--from <moment>',
      say({ en: 'all changes since then', zh: '自该时刻以来的全部变化' }),
      moment('--from'),
    )
    .option(
      '--namespace <name>',
      say({ en: 'only of this namespace', zh: '仅该命名空间' }),
      given('--namespace'),
    )
    .action((app: string, instance: string, flags: TimelineFlags, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/instance-timeline.ts')).instanceTimeline(context, app, instance, flags),
      ),
    );
  instances
    .command('survivability <app>')
    .description(
      say({
        en: 'which would not come back with their values if the server died now; exit 1 when there are any',
        zh: '服务器此刻失效时，哪些实例重启后无法恢复其值；存在时退出码为 1',
      }),
    )
    .action((app: string, _flags: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/survivability.ts')).survivability(context, app),
      ),
    );
}

function declareGroups(program: Command, { say, run }: Declaring): void {
  const groups = program
    .command('groups')
    .description(say({ en: 'named selectors of instances', zh: '实例分组' }))
    .addHelpText('after', () => `\n${say(groupExamples)}`);
  const module = () => import('../commands/groups.ts');
  groups
    .command('ls <app>')
    .description(say({ en: 'groups of an app', zh: '列出应用的分组' }))
    .action((app: string, _flags: unknown, command: Command) =>
      run(command, async (context) => (await module()).listGroups(context, app)),
    );
  groups
    .command('show <app> <group>')
    .description(say({ en: 'one group and whom it picks now', zh: '查看分组及其当前选中的实例' }))
    .action((app: string, group: string, _flags: unknown, command: Command) =>
      run(command, async (context) => (await module()).showGroup(context, app, group)),
    );
  const withGroupOptions = (command: Command): Command =>
    command
      .option(
        '--labels <selector>',
        say({
          en: 'whom it picks: zone in (a,b), version=2.3',
          zh: '选中的实例：zone in (a,b), version=2.3',
        }),
        selectorText('--labels'),
      )
      .option(
        '--order <n>',
        say({
          en: 'of several groups on one instance the higher wins',
          zh: '同一实例属于多个分组时，值大者优先',
        }),
        wholeNumber('--order', 0, 10_000),
      )
      .option('--description <text>', say({ en: 'what it is for', zh: '用途' }));
  withGroupOptions(
    groups.command('create <app> <group>').description(say({ en: 'name a selector', zh: '新建分组' })),
  ).action((app: string, group: string, flags: GroupFlags, command: Command) =>
    run(command, async (context) => (await module()).createGroup(context, app, group, flags)),
  );
  withGroupOptions(
    groups.command('change <app> <group>').description(
      say({
        en: 'change it; its selector and order only while no value is in force for it',
        zh: '修改分组；只有没有生效中的值时才能修改选择器和顺序',
      }),
    ),
  ).action((app: string, group: string, flags: GroupFlags, command: Command) =>
    run(command, async (context) => (await module()).changeGroup(context, app, group, flags)),
  );
  groups
    .command('delete <app> <group>')
    .description(say({ en: 'delete one for which no value is in force', zh: '删除没有生效中的值的分组' }))
    .option('-y, --yes', say({ en: 'do not ask', zh: '不询问' }))
    .action((app: string, group: string, flags: { yes?: boolean }, command: Command) =>
      run(command, async (context) => (await module()).deleteGroup(context, app, group, flags)),
    );
}

const instanceExamples: ErrorText = {
  en: `Examples:
  sluice instances timeline order-api i-1 --at 2026-01-02T14:03:00Z
  sluice instances survivability order-api`,
  zh: `示例：
  sluice instances timeline order-api i-1 --at 2026-01-02T14:03:00Z
  sluice instances survivability order-api`,
};

const groupExamples: ErrorText = {
  en: `Examples:
  sluice groups create order-api eu --labels 'zone in (a,b)'
  sluice set order-api order.timeoutMs=500 --group eu`,
  zh: `示例：
  sluice groups create order-api eu --labels 'zone in (a,b)'
  sluice set order-api order.timeoutMs=500 --group eu`,
};
