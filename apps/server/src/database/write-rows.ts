import type { EntityManager } from 'typeorm';
import { isPostgres, placed } from './returning.ts';

type Value = string | number | boolean | null | object;

/**
 * Writes rows through statements whose text never changes. TypeORM writes numbers into the text of a SQLite
 * statement, so that each would be prepared anew and push others out of the statement cache: on the way of a publish
 * that costs as much as the writing. Keys are the entity's, objects become JSON; names come from code, never from
 * input.
 */
export async function insertRows(tx: EntityManager, table: string, rows: readonly object[]): Promise<void> {
  for (const row of rows) {
    const keys = Object.keys(row);
    const text = `INSERT INTO ${table} (${keys.map(columnOf).join(', ')}) VALUES (${keys.map(() => '?').join(', ')})`;
    await tx.query(placed(tx, text), valuesOf(tx, row));
  }
}

/** Changes the row of this table with this id. */
export async function updateRow(tx: EntityManager, table: string, id: string, set: object): Promise<void> {
  const assignments = Object.keys(set).map((key) => `${columnOf(key)} = ?`);
  const text = `UPDATE ${table} SET ${assignments.join(', ')} WHERE id = ?`;
  await tx.query(placed(tx, text), [...valuesOf(tx, set), id]);
}

const columns = new Map<string, string>();
function columnOf(key: string): string {
  const known = columns.get(key);
  if (known !== undefined) return known;
  const column = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  columns.set(key, column);
  return column;
}

/** SQLite has no boolean; PostgreSQL takes no number for one. */
function valuesOf(tx: EntityManager, row: object): Value[] {
  const isNumbered = !isPostgres(tx);
  return Object.values(row as Record<string, Value>).map((value) => {
    if (typeof value === 'object' && value !== null) return JSON.stringify(value);
    return isNumbered && typeof value === 'boolean' ? Number(value) : value;
  });
}
