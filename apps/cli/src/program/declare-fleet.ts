import type { Command } from 'commander';
import type { Declaring } from './declaring.ts';
import { duration, wholeNumber } from './option-values.ts';

/** What runs and what reaches it: push, instances. */
export function declareFleet(program: Command, declaring: Declaring): void {
  const { say, run } = declaring;
  const push = program
    .command('push')
    .description(say({ en: 'pushes and their verdicts', zh: '推送及其结论' }));
  push
    .command('ls [app]')
    .description(say({ en: 'pushes, newest first', zh: '列出推送' }))
    .option(
      '--limit <n>',
      say({ en: 'at most so many', zh: '最多显示条数' }),
      wholeNumber('--limit', 1, 200),
      20,
    )
    .action((app: string | undefined, flags: { limit: number }, command: Command) =>
      run(command, async (context) => (await import('../commands/push.ts')).listPushes(context, app, flags)),
    );
  push
    .command('show <app-or-id> [id]')
    .description(say({ en: 'the verdict and every target', zh: '查看结论和每个目标实例' }))
    .action((first: string, second: string | undefined, _flags: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/push.ts')).showPush(context, words(first, second)),
      ),
    );
  push
    .command('watch <app-or-id> [id]')
    .description(
      say({
        en: 'follow it to its verdict; exit 3 when not every instance holds it',
        zh: '跟踪至得出结论；有实例未生效时退出码为 3',
      }),
    )
    .option(
      '--timeout <time>',
      say({ en: 'give up after this time; exit 7', zh: '等待时长，超时退出码为 7' }),
      duration('--timeout'),
    )
    .action((first: string, second: string | undefined, flags: { timeout?: number }, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/push.ts')).watchPush(context, words(first, second), flags),
      ),
    );
  const instances = program
    .command('instances')
    .description(say({ en: 'running processes of an app', zh: '应用的运行实例' }));
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
}

const words = (first: string, second: string | undefined): string[] =>
  second === undefined ? [first] : [first, second];
