import type { Database } from './database.ts';
import { isPostgres, returning } from './returning.ts';

/** SQLite deletes on this thread, some 6 µs a row: nobody waits for a batch longer than for a publish. */
const batchSize = 1000;

/**
 * Deletes all rows for which `where` holds, each batch in a transaction of its own, so that others write in between and
 * no statement runs into its deadline. `where` has `?` for its values; names come from code, never from input.
 */
export async function deleteInBatches(
  database: Database,
  table: string,
  where: string,
  values: readonly unknown[],
): Promise<void> {
  for (;;) {
    const deleted = await database.write((tx) => {
      const some = (row: string): string => `SELECT ${row} FROM ${table} WHERE ${where} LIMIT ${batchSize}`;
      // As an array PostgreSQL looks the rows up; of a list in brackets it would read the whole table.
      const which = isPostgres(tx) ? `ctid = ANY (ARRAY(${some('ctid')}))` : `rowid IN (${some('rowid')})`;
      return returning(tx, `DELETE FROM ${table} WHERE ${which} RETURNING 1 AS one`, values);
    });
    if (deleted.length < batchSize) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
