import type { Command } from 'commander';
import type { Declaring } from './declaring.ts';

/** What happens on this machine: doctor, demo, server. */
export function declareLocal(program: Command, declaring: Declaring): void {
  const { say, run } = declaring;
  program
    .command('doctor')
    .description(
      say({ en: 'check what stands between you and a server that works', zh: '检查环境和服务器是否正常' }),
    )
    .action((_flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/doctor.ts')).doctor(context)),
    );
  program
    .command('demo [options...]')
    .description(say({ en: 'start the demo of this checkout', zh: '启动本仓库的演示' }))
    .allowUnknownOption()
    .helpOption(false)
    .action((args: string[], _flags: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/run-local.ts')).runLocal(context, 'demo', args),
      ),
    );
  const story = program
    .command('story')
    .description(say({ en: 'the story of a demo that runs', zh: '运行中演示的故事' }));
  story
    .command('show')
    .description(say({ en: 'its chapters, and how far it is', zh: '查看章节和进度' }))
    .action((_flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/story.ts')).showStory(context)),
    );
  story
    .command('play')
    .description(say({ en: 'play it from its beginning', zh: '从头播放' }))
    .option('--fast', say({ en: 'without time to look around', zh: '不留浏览时间' }))
    .action((flags: { fast?: boolean }, command: Command) =>
      run(command, async (context) => (await import('../commands/story.ts')).playStory(context, flags)),
    );
  story
    .command('stop')
    .description(say({ en: 'stop it; what it has in force is taken back', zh: '停止并撤回其生效的内容' }))
    .action((_flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/story.ts')).stopStory(context)),
    );
  program
    .command('server')
    .description(
      say({
        en: 'start the server of this checkout; its settings are environment variables, such as SLUICE_PORT and SLUICE_DATA_DIR',
        zh: '启动本仓库的服务器；通过环境变量设置，例如 SLUICE_PORT 和 SLUICE_DATA_DIR',
      }),
    )
    .action((_flags: unknown, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/run-local.ts')).runLocal(context, 'server', []),
      ),
    );
}
