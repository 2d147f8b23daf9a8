import type { AuditEntry, ChainHead } from '@sluice/protocol';
import { contracts } from '../api/api.ts';
import type { Context } from '../context.ts';
import { momentOf } from '../program/option-values.ts';

/** What rows of the audit are wanted. */
export interface AuditFilter {
  readonly app?: string;
  readonly actor?: string;
  readonly action?: string;
  /** ISO 8601, or how long ago. */
  readonly since?: string;
  readonly until?: string;
}

const pageRows = 1000;

/** Of the environment only when one was named: most rows of the audit belong to none. */
export function auditQuery(context: Context, filter: AuditFilter): Record<string, string> {
  const environment = context.flags.env;
  const { app, actor, action } = filter;
  const now = context.io.now();
  const since = filter.since && momentOf('--since', filter.since, now);
  const until = filter.until && momentOf('--until', filter.until, now);
  const all = { environment, app, actor, action, since, until };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Rows from the oldest on, a page at a time, up to those that were there at the beginning. */
export async function* auditPages(
  context: Context,
  query: Record<string, string>,
): AsyncGenerator<readonly AuditEntry[]> {
  const api = await context.api();
  let after: number | undefined = 0;
  while (after !== undefined) {
    const page: { items: AuditEntry[]; next?: number | undefined } = await api.call(contracts.listAudit, {
      query: { ...query, after: String(after), limit: String(pageRows) },
    });
    yield page.items;
    after = page.next;
  }
}

/** The newest row of the whole audit; undefined for somebody who may read a part of it. */
export async function auditHead(context: Context): Promise<ChainHead | undefined> {
  return (await (await context.api()).call(contracts.listAudit, { query: { limit: '1' } })).head;
}
