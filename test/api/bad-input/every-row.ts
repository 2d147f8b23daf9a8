import { createHash } from 'node:crypto';
import { Database } from '../../../apps/server/src/database/database.ts';
import type { BootedApp } from '../../support/boot-app.ts';

/**
 * What moves by itself while nobody asks for anything: columns, or all rows of a table. Every other column of every
 * table that the server has is looked at, whoever adds it.
 */
const movesByItself: Readonly<Record<string, readonly string[] | 'all rows'>> = {
  instance: ['last_seen_at'],
  account: ['last_seen_at'],
  token: ['last_used_at', 'old_used_at'],
  session: ['last_seen_at'],
  node: ['lease_until', 'instances', 'pages', 'memory_bytes'],
  node_question: 'all rows',
  // What instances reported is written once its minute is over.
  resource_seen: 'all rows',
  traffic_rollup: 'all rows',
};

/** A line for each table that has rows, over all of them. Whether `movesByItself` names what is no more there is known at once. */
export async function everyRow({ app }: BootedApp): Promise<string> {
  const { read, dialect } = app.get(Database, { strict: false });
  const asArray = dialect === 'sqlite' ? 'json_array' : 'json_build_array';
  const unknown = new Set(Object.keys(movesByItself));
  const parts = read.connection.entityMetadatas.flatMap(({ tableName, columns }) => {
    unknown.delete(tableName);
    const moving = movesByItself[tableName] ?? [];
    if (moving === 'all rows') return [];
    const names = columns.map(({ databaseName }) => databaseName);
    const gone = moving.find((name) => !names.includes(name));
    if (gone !== undefined) throw new Error(`there is no column ${gone} in ${tableName}`);
    const held = names.filter((name) => !moving.includes(name)).map((name) => `"${name}"`);
    const row = `CAST(${asArray}(${held.join(', ')}) AS text)`;
    return [`SELECT '${tableName}' AS of_table, ${row} AS row_text FROM "${tableName}"`];
  });
  if (unknown.size > 0) throw new Error(`there is no table ${[...unknown]}`);
  const rows = (await read.query(parts.join(' UNION ALL '))) as { of_table: string; row_text: string }[];
  const byTable = Map.groupBy(rows, (row) => row.of_table);
  return [...byTable]
    .map(([table, all]) => {
      const texts = all.map((row) => row.row_text).sort();
      return `${table}: ${all.length} rows, ${createHash('sha256').update(texts.join('\n')).digest('hex')}`;
    })
    .sort()
    .join('\n');
}
