import type { EntityManager } from 'typeorm';

/** Whether these tables are in PostgreSQL, where rows are locked one by one; SQLite has one writer anyway. */
export const isPostgres = (manager: EntityManager): boolean => manager.dataSource.options.type === 'postgres';

/** A statement with `?` for its values, as the database of this manager wants it: PostgreSQL numbers them. */
export function placed(manager: EntityManager, statement: string): string {
  let next = 0;
  return isPostgres(manager) ? statement.replace(/\?/g, () => `$${++next}`) : statement;
}

/**
 * Runs a statement `… RETURNING …` that both databases understand and gives the rows: one round trip where an
 * update and a select would be two. Placeholders are `?`; names come from code, never from input.
 */
export async function returning<T>(
  tx: EntityManager,
  statement: string,
  values: readonly unknown[],
): Promise<T[]> {
  const answer = (await tx.query(placed(tx, statement), [...values])) as T[] | [T[], number];
  // PostgreSQL's driver adds the number of rows to those of an UPDATE.
  return isPostgres(tx) ? (answer[0] as T[]) : (answer as T[]);
}
