import type { Command } from 'commander';
import type { Declaring } from './declaring.ts';
import { duration, pushMode } from './option-values.ts';

/** The options of every command that releases something, in one place so that they are the same everywhere. */
export function withWriteOptions(command: Command, { say }: Declaring): Command {
  return command
    .option('-m, --message <why>', say({ en: 'why; it stands in the history', zh: '变更原因，会记入历史' }))
    .option(
      '--mode <mode>',
      say({ en: 'who gets it: global, every instance', zh: '推送范围：global 表示所有实例' }),
      pushMode,
    )
    .option('--dry-run', say({ en: 'only show what would change', zh: '只显示将发生的更改' }))
    .option(
      '--wait',
      say({
        en: 'wait for the verdict; exit 3 when not every instance holds it',
        zh: '等待推送结论；有实例未生效时退出码为 3',
      }),
    )
    .option(
      '--timeout <time>',
      say({ en: 'how long to wait (default 60s); exit 7', zh: '等待时长（默认 60s），超时退出码为 7' }),
      duration('--timeout'),
    )
    .option(
      '-y, --yes',
      say({ en: 'do not ask, also in a protected environment', zh: '不询问，包括受保护的环境' }),
    );
}
