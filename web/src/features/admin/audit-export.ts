import { type AuditEntry, contracts } from '@sluice/protocol';
import { call } from '../../lib/transport.ts';

const pageRows = 1000;
export type AuditFormat = 'JSONL' | 'CSV';

/** Every row that fits, the oldest first, read page by page. */
export async function readAudit(
  query: Readonly<Record<string, string>>,
  onRows: (count: number) => void,
): Promise<AuditEntry[]> {
  const rows: AuditEntry[] = [];
  let after: number | undefined = 0;
  while (after !== undefined) {
    const page: { items: AuditEntry[]; next?: number | undefined } = await call(contracts.listAudit, {
      query: { ...query, after: String(after), limit: String(pageRows) },
    });
    rows.push(...page.items);
    onRows(rows.length);
    after = page.next;
  }
  return rows;
}

const columns = [
  ...(['sequence', 'at', 'actor', 'actorKind', 'actorId', 'remoteAddress', 'via', 'action'] as const),
  ...(['environment', 'app', 'target', 'revision', 'detail', 'previousHash', 'hash'] as const),
];

/** As the command line writes it; lines of JSON can be verified with it. */
export function auditText(rows: readonly AuditEntry[], format: AuditFormat): string {
  if (format === 'JSONL') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const lines = rows.map((row) =>
    columns.map((column) => cell(column === 'detail' ? JSON.stringify(row.detail) : row[column])).join(','),
  );
  return [columns.join(','), ...lines, ''].join('\r\n');
}

/** What a spreadsheet would take for a formula gets an apostrophe, which it takes for text. */
function cell(value: string | number | undefined): string {
  const text = String(value ?? '');
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
