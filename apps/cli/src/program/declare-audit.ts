import type { Command } from 'commander';
import type { AuditFilter } from '../commands/audit-pages.ts';
import type { VerifyFlags } from '../commands/audit-verify.ts';
import type { Declaring } from './declaring.ts';
import { oneOf, wholeNumber } from './option-values.ts';

/** Who did what, and whether that is still as it was written. */
export function declareAudit(program: Command, { say, run }: Declaring): void {
  const audit = program
    .command('audit')
    .description(say({ en: 'who did what, and whether that is still so', zh: '审计：查看、导出与核对' }));
  const filtered = (command: Command): Command =>
    command
      .option('--app <name>', say({ en: 'of this app', zh: '只看该应用' }))
      .option('--actor <name>', say({ en: 'by this person or token', zh: '只看该操作者' }))
      .option(
        '--action <name>',
        say({ en: 'of this kind, such as token.create', zh: '只看该操作，如 token.create' }),
      )
      .option(
        '--since <moment>',
        say({
          en: 'since then: 2026-01-31T12:00:00Z, or 12h ago as 12h',
          zh: '自该时刻起，如 2026-01-31T12:00:00Z 或 12h（12 小时前）',
        }),
      )
      .option('--until <moment>', say({ en: 'before then', zh: '在该时刻之前' }));
  filtered(audit.command('ls'))
    .description(say({ en: 'who did what, the newest first', zh: '列出审计记录，最新的在前' }))
    .option('--limit <n>', say({ en: 'so many', zh: '最多条数' }), wholeNumber('--limit', 1, 1000), 50)
    .action((flags: AuditFilter & { limit: number }, command: Command) =>
      run(command, async (context) => (await import('../commands/audit-list.ts')).listAudit(context, flags)),
    );
  filtered(audit.command('export'))
    .description(
      say({ en: 'all of it to standard output, the oldest first', zh: '导出到标准输出，最早的在前' }),
    )
    .option(
      '--format <format>',
      say({ en: 'jsonl (can be verified) or csv', zh: 'jsonl（可核对）或 csv' }),
      oneOf('--format', ['jsonl', 'csv'] as const),
      'jsonl',
    )
    .action((flags: AuditFilter & { format: 'jsonl' | 'csv' }, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/audit-list.ts')).exportAudit(context, flags),
      ),
    );
  audit
    .command('head')
    .description(
      say({ en: 'the newest row and its hash, to keep elsewhere', zh: '显示最新一行及其哈希，供另行保存' }),
    )
    .action((_flags: unknown, command: Command) =>
      run(command, async (context) => (await import('../commands/audit-list.ts')).showAuditHead(context)),
    );
  audit
    .command('verify')
    .description(
      say({
        en: 'walk the chain and recompute every hash; ends with 1 at the first row that was changed',
        zh: '逐行重新计算审计链的哈希；遇到被改动的行时以 1 结束',
      }),
    )
    .option(
      '-f, --file <path>',
      say({
        en: 'an export (jsonl) instead of the server; - is standard input',
        zh: '核对导出的 jsonl 文件；- 表示标准输入',
      }),
    )
    .option(
      '--anchor <row:hash>',
      say({ en: 'what "audit head" printed once (repeatable)', zh: '此前 "audit head" 的输出（可重复）' }),
      (text: string, before: string[] = []) => [...before, text],
    )
    .option('--anchors <file>', say({ en: 'a file of them, one a line', zh: '每行一个锚点的文件' }))
    .action((flags: VerifyFlags, command: Command) =>
      run(command, async (context) =>
        (await import('../commands/audit-verify.ts')).verifyAudit(context, flags),
      ),
    );
}
