import type { AuditEntry } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { CliError } from '../failure/cli-error.ts';
import { type ExitCode, exitCode } from '../failure/exit-code.ts';
import { type AuditFilter, auditHead, auditPages, auditQuery } from './audit-pages.ts';

const whereOf = (row: AuditEntry): string =>
  [row.environment, row.app, row.target].filter((part) => part !== undefined && part !== '').join(' / ');

/** `sluice audit ls`: who did what, the newest first. */
export async function listAudit(
  context: Context,
  flags: AuditFilter & { readonly limit: number },
): Promise<ExitCode> {
  const api = await context.api();
  const query = auditQuery(context, flags);
  const { items, next } = await api.call(contracts.listAudit, {
    query: { ...query, limit: String(flags.limit) },
  });
  await context.output.list(items, [
    { head: { en: 'ROW', zh: '序号' }, cell: (row) => String(row.sequence) },
    { head: { en: 'WHEN', zh: '时间' }, cell: (row) => row.at },
    { head: { en: 'WHO', zh: '操作者' }, cell: (row) => `${row.actor} (${row.via} ${row.remoteAddress})` },
    { head: { en: 'WHAT', zh: '操作' }, cell: (row) => row.action },
    { head: { en: 'WHERE', zh: '对象' }, cell: whereOf },
    { head: { en: 'REVISION', zh: '修订号' }, cell: (row) => String(row.revision ?? '-') },
  ]);
  if (flags.actor !== undefined)
    context.output.note(
      context.say({
        en: 'What was done with a token stands under the name of the token; "sluice token ls" tells whose it is.',
        zh: '用令牌执行的操作记在令牌名下；"sluice token ls" 会显示其所有者。',
      }),
    );
  if (next !== undefined)
    context.output.note(
      context.say(
        { en: 'There are older ones: --limit {n}', zh: '还有更早的记录：--limit {n}' },
        { n: Math.min(1000, flags.limit * 2) },
      ),
    );
  return exitCode.ok;
}

/** `sluice audit head`: the newest row and its hash, to be kept elsewhere. */
export async function showAuditHead(context: Context): Promise<ExitCode> {
  const head = await auditHead(context);
  if (!head) throw partOnly();
  await context.output.one(head, () => `${head.sequence}:${head.hash}\n`);
  return exitCode.ok;
}

/** `sluice audit export`: every row that is asked for, the oldest first, as lines of JSON or as CSV. */
export async function exportAudit(
  context: Context,
  flags: AuditFilter & { readonly format: 'jsonl' | 'csv' },
): Promise<ExitCode> {
  const { output, say } = context;
  const query = auditQuery(context, flags);
  let rows = 0;
  if (flags.format === 'csv') output.raw(`${csvColumns.join(',')}\r\n`);
  for await (const page of auditPages(context, query)) {
    rows += page.length;
    output.raw(page.map(flags.format === 'csv' ? csvLine : jsonLine).join(''));
    output.progress(say({ en: '{n} rows', zh: '{n} 行' }, { n: rows }));
  }
  output.note(say({ en: '{n} rows of the audit.', zh: '共 {n} 行审计记录。' }, { n: rows }));
  return exitCode.ok;
}

const jsonLine = (row: AuditEntry): string => `${JSON.stringify(row)}\n`;

const csvColumns = [
  ...(['sequence', 'at', 'actor', 'actorKind', 'actorId', 'remoteAddress', 'via', 'action'] as const),
  ...(['environment', 'app', 'target', 'revision', 'detail', 'previousHash', 'hash'] as const),
];

const csvLine = (row: AuditEntry): string =>
  `${csvColumns
    .map((column) => (column === 'detail' ? JSON.stringify(row.detail) : String(row[column] ?? '')))
    .map(csvCell)
    .join(',')}\r\n`;

/** What a spreadsheet would take for a formula gets an apostrophe, which it takes for text. */
const csvCell = (text: string): string => {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
};

export const partOnly = () =>
  new CliError('not_all_of_it', exitCode.notAllowed, {
    what: {
      en: 'You may read a part of the audit, and its chain is one over all of it.',
      zh: '你只能读取部分审计记录，而审计链覆盖全部记录。',
    },
    todo: {
      en: 'Ask for the role auditor on every environment and app.',
      zh: '请申请所有环境和应用上的 auditor 角色。',
    },
  });
