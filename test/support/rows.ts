import { Database } from '../../apps/server/src/database/database.ts';
import type { BootedApp } from './boot-app.ts';

/** Writes to a server's database behind its back, as an attacker or a mishap would. Plain SQL that both databases know. */
export function writeRows({ app }: BootedApp, sql: string): Promise<unknown> {
  return app.get(Database, { strict: false }).write((tx) => tx.query(sql));
}

export function readRows<Row>({ app }: BootedApp, sql: string): Promise<Row[]> {
  return app.get(Database, { strict: false }).read.query(sql) as Promise<Row[]>;
}

/** Makes an app without asking its room. */
export const makeApp = (app: BootedApp, name: string): Promise<unknown> =>
  writeRows(app, `INSERT INTO app (name, title, owner, created_at) VALUES ('${name}', '', '', 0)`);
