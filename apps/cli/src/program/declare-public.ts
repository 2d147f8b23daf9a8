import type { ErrorText } from '@sluice/core';
import type { Command } from 'commander';
import type { LinkFlags } from '../commands/public.ts';
import type { WriteFlags } from '../release/written.ts';
import type { Declaring } from './declaring.ts';
import { withWriteOptions } from './write-options.ts';

/** Public namespaces: who offers them, who links them, and what lies over them. */
export function declarePublic(program: Command, declaring: Declaring): void {
  const { say, run } = declaring;
  const all = program
    .command('public')
    .description(say({ en: 'namespaces that other apps link', zh: '可被其他应用链接的公共命名空间' }))
    .addHelpText('after', () => `\n${say(examples)}`);
  all
    .command('ls')
    .description(say({ en: 'those that you may link', zh: '列出可链接的公共命名空间' }))
    .action((_flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/public.ts')).listPublic(context)),
    );
  for (const [name, isPublic, text] of [
    ['open', true, { en: 'let other apps link it', zh: '允许其他应用链接' }],
    ['close', false, { en: 'let nobody link it any more', zh: '不再允许链接' }],
  ] as const)
    all
      .command(`${name} <app> <namespace>`)
      .description(say(text))
      .action((app: string, ns: string, _flags: unknown, command: Command) =>
        run(command, async (context) =>
          (await import('../commands/public.ts')).setPublic(context, app, ns, isPublic),
        ),
      );
  all
    .command('linkers <app> <namespace>')
    .description(say({ en: 'who links it', zh: '列出链接它的命名空间' }))
    .action((app: string, ns: string, _flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/public.ts')).listLinkers(context, app, ns)),
    );
  withWriteOptions(
    all
      .command('link <app> <namespace> <home>')
      .description(
        say({
          en: 'make a namespace over a public one, <home> being its <app>/<namespace>',
          zh: '在公共命名空间之上新建命名空间，<home> 写成 <应用>/<命名空间>',
        }),
      )
      .option('--description <text>', say({ en: 'what it is for', zh: '描述' }))
      .option('--public', say({ en: 'others may link it in turn', zh: '允许其他应用继续链接它' })),
    declaring,
  ).action((app: string, ns: string, home: string, flags: LinkFlags, command: Command) =>
    run(command, async (context) =>
      (await import('../commands/public.ts')).linkNamespace(context, app, ns, home, flags),
    ),
  );
  for (const [how, text] of [
    ['remove', { en: 'take inherited keys away', zh: '移除继承的配置项' }],
    [
      'inherit',
      { en: 'take overrides back, so that the public value counts again', zh: '取消覆盖，恢复公共值' },
    ],
  ] as const)
    withWriteOptions(
      all.command(`${how} <app> <namespace> <key...>`).description(say(text)),
      declaring,
    ).action((app: string, ns: string, keys: string[], flags: WriteFlags, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/public.ts')).changeOverrides(context, app, ns, keys, how, flags),
      ),
    );
}

const examples: ErrorText = {
  en: `Values over what is inherited are set as everywhere: sluice set order-api net.timeoutMs=250

Examples:
  sluice public open platform common
  sluice public link order-api net platform/common --wait
  sluice public remove order-api net proxyUrl -m "no proxy here"
  sluice public linkers platform common`,
  zh: `覆盖继承的值与平常一样：sluice set order-api net.timeoutMs=250

示例：
  sluice public open platform common
  sluice public link order-api net platform/common --wait
  sluice public remove order-api net proxyUrl -m "此处不走代理"
  sluice public linkers platform common`,
};
