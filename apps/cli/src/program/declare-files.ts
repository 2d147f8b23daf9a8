import type { Command } from 'commander';
import type { ApplyFlags } from '../commands/apply.ts';
import type { ExportFlags } from '../commands/export.ts';
import type { ImportFlags } from '../commands/import.ts';
import type { Declaring } from './declaring.ts';
import { withDeliveryOptions, withFileOptions, withGlobalMode, withWriteOptions } from './write-options.ts';

/** Whole namespaces as files: apply, export, import. */
export function declareFiles(program: Command, declaring: Declaring): void {
  const { say, run } = declaring;
  withDeliveryOptions(
    withWriteOptions(
      withFileOptions(
        program
          .command('apply [app]')
          .description(say({ en: 'make what a file says live', zh: '使文件中的内容生效' })),
        declaring,
      ).option(
        '--overwrite',
        say({ en: 'also take back releases that are newer than the export', zh: '覆盖导出之后的新发布' }),
      ),
      declaring,
    ),
    declaring,
  ).action((app: string | undefined, flags: ApplyFlags, command: Command) =>
    run(command, async (context) => (await import('../commands/apply.ts')).apply(context, app, flags)),
  );
  program
    .command('export <app>')
    .description(
      say({
        en: 'everything that is live, as YAML (or -o json)',
        zh: '导出全部生效内容（YAML，或 -o json）',
      }),
    )
    .option(
      '--dir <folder>',
      say({
        en: 'one file a namespace; documents byte for byte',
        zh: '每个命名空间一个文件，文档逐字节保留',
      }),
    )
    .option('--force', say({ en: 'write over files that differ', zh: '覆盖内容不同的文件' }))
    .option(
      '--reveal',
      say({
        en: 'with secrets in plain; noted in the audit. Without it they are masked, and stay as they are on import',
        zh: '包含机密明文，并记入审计；不加则只有掩码，再次导入时保持原值',
      }),
    )
    .action((app: string, flags: ExportFlags, command: Command) =>
      run(command, async (context) => (await import('../commands/export.ts')).exportApp(context, app, flags)),
    );
  withGlobalMode(
    withWriteOptions(
      program
        .command('import <app> <file-or-folder...>')
        .description(
          say({
            en: 'make every file a namespace, byte for byte',
            zh: '将每个文件导入为命名空间，逐字节保留',
          }),
        )
        .option(
          '--namespace <name>',
          say({
            en: 'name for a single file; else the file name without its ending',
            zh: '单个文件的命名空间名称；默认为不带扩展名的文件名',
          }),
        ),
      declaring,
    ),
    declaring,
  ).action((app: string, paths: string[], flags: ImportFlags, command: Command) =>
    run(command, async (context) =>
      (await import('../commands/import.ts')).importFiles(context, app, paths, flags),
    ),
  );
}
