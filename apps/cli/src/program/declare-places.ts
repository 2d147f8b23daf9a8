import { documentFormats, namespaceKinds } from '@sluice/core';
import type { Command } from 'commander';
import type { AppFlags } from '../commands/apps.ts';
import type { SaveDraftFlags } from '../commands/drafts.ts';
import type { EnvironmentFlags } from '../commands/environments.ts';
import type { CreateNamespaceFlags, DeleteFlags, NamespaceFlags } from '../commands/namespaces.ts';
import type { WriteFlags } from '../release/written.ts';
import type { Declaring } from './declaring.ts';
import { given } from './delivery-values.ts';
import { oneOf, wholeNumber } from './option-values.ts';
import { withFileOptions, withWriteOptions } from './write-options.ts';

/** Where things are: environments, apps, namespaces, and drafts in them. */
export function declarePlaces(program: Command, declaring: Declaring): void {
  declareEnvironments(program, declaring);
  declareApps(program, declaring);
  declareNamespaces(program, declaring);
  declareDrafts(program, declaring);
}

function declareEnvironments(program: Command, { say, run }: Declaring): void {
  const env = program
    .command('env')
    .description(say({ en: 'environments and their protection', zh: '环境及其保护' }));
  env
    .command('ls')
    .description(say({ en: 'those that you may see', zh: '列出可见的环境' }))
    .action((_flags: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/environments.ts')).listEnvironments(context),
      ),
    );
  const asked = (command: Command): Command =>
    command
      .option('--protected', say({ en: 'a push to everyone asks for more', zh: '全局推送需要更多确认' }))
      .option(
        '--approvals <n>',
        say({ en: 'so many others approve before anything is released', zh: '发布前需要多少人审批' }),
        wholeNumber('--approvals', 0, 10),
      );
  asked(env.command('create <name>').description(say({ en: 'a new environment', zh: '新建环境' }))).action(
    (name: string, flags: EnvironmentFlags, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/environments.ts')).createEnvironment(context, name, flags),
      ),
  );
  asked(env.command('change <name>').description(say({ en: 'what it asks for', zh: '修改环境的要求' })))
    .option('--no-protected', say({ en: 'not protected any more', zh: '取消保护' }))
    .action((name: string, flags: EnvironmentFlags, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/environments.ts')).changeEnvironment(context, name, flags),
      ),
    );
}

function declareApps(program: Command, { say, run }: Declaring): void {
  const app = program.command('app').description(say({ en: 'apps', zh: '应用' }));
  app
    .command('ls')
    .description(say({ en: 'apps and their instances at a glance', zh: '列出应用及其实例概况' }))
    .action((_flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/apps.ts')).listApps(context)),
    );
  for (const [word, text] of [
    ['create', { en: 'a new app, in every environment', zh: '新建应用（所有环境）' }],
    ['change', { en: 'its title or its owner', zh: '修改标题或负责人' }],
  ] as const)
    app
      .command(`${word} <name>`)
      .description(say(text))
      .option('--title <text>', say({ en: 'what people call it', zh: '标题' }))
      .option('--owner <text>', say({ en: 'who looks after it', zh: '负责人' }))
      .action((name: string, flags: AppFlags, command: Command) =>
        run(command, async (context) => {
          const { createApp, changeApp } = await import('../commands/apps.ts');
          return (word === 'create' ? createApp : changeApp)(context, name, flags);
        }),
      );
}

function declareNamespaces(program: Command, { say, run }: Declaring): void {
  const namespace = program
    .command('namespace')
    .description(say({ en: 'namespaces of an app', zh: '应用的命名空间' }));
  namespace
    .command('ls <app>')
    .description(say({ en: 'namespaces of an app', zh: '列出应用的命名空间' }))
    .action((app: string, _flags: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/namespaces.ts')).listNamespaces(context, app),
      ),
    );
  const about = (command: Command): Command =>
    command
      .option('--description <text>', say({ en: 'what it is for', zh: '描述' }))
      .option(
        '--schema <path>',
        say({
          en: 'a file with its JSON Schema; - is standard input',
          zh: 'JSON Schema 文件；- 表示标准输入',
        }),
        given('--schema'),
      )
      .option(
        '--link <home>',
        say({
          en: 'lies over this public namespace, <app>/<namespace>',
          zh: '链接到该公共命名空间，写成 <应用>/<命名空间>',
        }),
        given('--link'),
      );
  about(
    namespace
      .command('create <app> <name>')
      .description(
        say({ en: 'an empty one; "sluice set" and "sluice apply" fill it', zh: '新建空的命名空间' }),
      ),
  )
    .option(
      '--kind <kind>',
      say({ en: 'map, document or rules', zh: 'map、document 或 rules' }),
      oneOf('--kind', namespaceKinds),
      'map',
    )
    .option(
      '--format <format>',
      say({
        en: 'of a document: json, yaml, properties or text',
        zh: '文档格式：json、yaml、properties 或 text',
      }),
      oneOf('--format', documentFormats),
    )
    .option('--public', say({ en: 'other apps may link it', zh: '允许其他应用链接' }))
    .action((app: string, name: string, flags: CreateNamespaceFlags, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/namespaces.ts')).createNamespace(context, app, name, flags),
      ),
    );
  about(
    namespace
      .command('change <app> <namespace>')
      .description(
        say({ en: 'its description, its schema, or what it links', zh: '修改描述、Schema 或链接' }),
      ),
  )
    .option('--no-schema', say({ en: 'without a schema', zh: '去掉 Schema' }))
    .option('--no-link', say({ en: 'links nothing any more', zh: '去掉链接' }))
    .action((app: string, ns: string, flags: NamespaceFlags, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/namespaces.ts')).changeNamespace(context, app, ns, flags),
      ),
    );
  namespace
    .command('delete <app> <namespace>')
    .description(
      say({
        en: 'instances fall back to the defaults in their code; its history is kept',
        zh: '删除：实例恢复为代码中的默认值，历史会保留',
      }),
    )
    .option('-m, --message <why>', say({ en: 'why; it stands in the history', zh: '变更原因，会记入历史' }))
    .option(
      '--emergency <why>',
      say({
        en: 'without approval, or while publishing is frozen, for this reason; it is flagged',
        zh: '不经审批或在发布冻结时执行，须注明原因并会被标记',
      }),
      given('--emergency'),
    )
    .option('-y, --yes', say({ en: 'do not ask', zh: '不询问' }))
    .action((app: string, ns: string, flags: DeleteFlags, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/namespaces.ts')).deleteNamespace(context, app, ns, flags),
      ),
    );
}

function declareDrafts(program: Command, declaring: Declaring): void {
  const { say, run } = declaring;
  const draft = program
    .command('draft')
    .description(say({ en: 'your unpublished edits', zh: '你未发布的修改' }));
  draft
    .command('show <app> <namespace>')
    .description(
      say({ en: 'beside what is live, and who else has one', zh: '与当前生效内容比较，并列出他人的草稿' }),
    )
    .action((app: string, ns: string, _flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/drafts.ts')).showDraft(context, app, ns)),
    );
  withFileOptions(
    draft
      .command('save <app>')
      .description(say({ en: 'what a file says; nothing is published', zh: '将文件内容保存为草稿，不发布' })),
    declaring,
  ).action((app: string, flags: SaveDraftFlags, command: Command) =>
    run(command, async (context) => (await import('../commands/drafts.ts')).saveDraft(context, app, flags)),
  );
  withWriteOptions(
    draft
      .command('publish <app> <namespace>')
      .description(say({ en: 'release it to every instance', zh: '发布草稿到所有实例' })),
    declaring,
  ).action((app: string, ns: string, flags: WriteFlags, command: Command) =>
    run(command, async (context) =>
      (await import('../commands/drafts.ts')).publishDraft(context, app, ns, flags),
    ),
  );
  draft
    .command('discard <app> <namespace>')
    .description(say({ en: 'throw it away', zh: '丢弃草稿' }))
    .option('--stash', say({ en: 'the one that a rollback put aside', zh: '丢弃回滚时暂存的草稿' }))
    .action((app: string, ns: string, flags: { stash?: boolean }, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/drafts.ts')).discardDraft(context, app, ns, flags),
      ),
    );
}
