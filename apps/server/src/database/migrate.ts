import type { EntityManager } from 'typeorm';
import { EnvError } from '../env/env.ts';
import type { Database } from './database.ts';
import type { Migration } from './migration.ts';
import { firstTables } from './migrations/0001-first-tables.ts';
import { deliveryTables } from './migrations/0002-delivery.ts';
import { guardTables } from './migrations/0003-guard.ts';
import { approvals } from './migrations/0005-approvals.ts';
import { nodeQuestions } from './migrations/0006-node-questions.ts';
import { publicLinks } from './migrations/0007-public-links.ts';
import { alertTables } from './migrations/0008-alerts.ts';
import { drills } from './migrations/0009-drills.ts';
import { guardrailTables } from './migrations/0010-guardrails.ts';
import { accessTables } from './migrations/0011-access.ts';
import { silentInstances } from './migrations/0012-silent-instances.ts';

/** In the order in which they run; the law is the array. */
const migrations: readonly Migration[] = [
  firstTables,
  deliveryTables,
  guardTables,
  approvals,
  nodeQuestions,
  publicLinks,
  alertTables,
  drills,
  guardrailTables,
  accessTables,
  silentInstances,
];

/** Brings the tables up to date, in one transaction; nodes that start together wait for one another. */
export async function migrate(database: Database): Promise<void> {
  await database.write(async (tx) => {
    if (database.dialect === 'postgres') await tx.query('SELECT pg_advisory_xact_lock(7788001)');
    await tx.query('CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, ran_at bigint NOT NULL)');
    const done = await namesOf(tx);
    const unknown = [...done].filter((name) => !migrations.some((m) => m.name === name));
    if (unknown.length > 0) throw newer(unknown.join(', '));
    for (const migration of migrations) {
      if (done.has(migration.name)) continue;
      for (const statement of migration.statements(database.dialect)) await tx.query(statement);
      const value = database.dialect === 'postgres' ? '$1, $2' : '?, ?';
      await tx.query(`INSERT INTO migration (name, ran_at) VALUES (${value})`, [migration.name, Date.now()]);
    }
  });
}

const newer = (names: string): EnvError =>
  new EnvError({
    en: `Sluice could not start: this database was written by a newer Sluice (it has ${names}). Nothing was changed; instances keep what they hold. Start that version, or restore a backup of before.`,
    zh: `Sluice 无法启动：该数据库由更新版本的 Sluice 写入（含 ${names}）。没有任何更改，各实例保持现有的值。请启动该版本，或恢复之前的备份。`,
  });

async function namesOf(tx: EntityManager): Promise<Set<string>> {
  const rows = (await tx.query('SELECT name FROM migration')) as { name: string }[];
  return new Set(rows.map((row) => row.name));
}
