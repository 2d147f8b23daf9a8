import { join } from 'node:path';
import Database from 'better-sqlite3';
import pg from 'pg';

/** What is different in each copy of a row, besides its number `i`. */
const copies: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  push: { id: "id || '-' || i", revision: 'revision + i', began: 'began + i' },
  release: {
    id: "id || '-' || i",
    number: 'number + i',
    revision: 'revision + i',
    push_id: "push_id || '-' || i",
  },
  push_namespace: { push_id: "push_id || '-' || i", release: 'release + i' },
  change: { revision: 'revision + i', release: 'release + i', push_id: "push_id || '-' || i" },
};

interface Rows {
  columns(table: string): Promise<readonly string[]>;
  run(statement: string): Promise<void>;
  close(): Promise<void>;
}

/** Gives the only push of a database so many successors, as if the same had been released again and again. */
export async function addHistory(
  dataDir: string,
  databaseUrl: string | undefined,
  count: number,
): Promise<void> {
  const rows =
    databaseUrl === undefined ? sqliteRows(join(dataDir, 'sluice.db')) : await postgresRows(databaseUrl);
  for (const [table, own] of Object.entries(copies)) {
    const columns = await rows.columns(table);
    const values = columns.map((column) => own[column] ?? column);
    await rows.run(`
      INSERT INTO ${table} (${columns.join(', ')})
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
      SELECT ${values.join(', ')} FROM ${table} CROSS JOIN n`);
  }
  await rows.run(`
    UPDATE namespace SET live_release_id = live_release_id || '-${count}', revision = revision + ${count},
      release_count = release_count + ${count}
    WHERE live_release_id IS NOT NULL`);
  await rows.run(`UPDATE environment SET revision = revision + ${count}`);
  await rows.close();
}

function sqliteRows(file: string): Rows {
  const db = new Database(file);
  return {
    columns: async (table) =>
      db
        .prepare(`SELECT * FROM ${table}`)
        .columns()
        .map(({ name }) => name),
    run: async (statement) => void db.exec(statement),
    close: async () => void db.close(),
  };
}

async function postgresRows(url: string): Promise<Rows> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return {
    columns: async (table) =>
      (await client.query(`SELECT * FROM ${table} LIMIT 0`)).fields.map(({ name }) => name),
    run: async (statement) => void (await client.query(statement)),
    close: () => client.end(),
  };
}
