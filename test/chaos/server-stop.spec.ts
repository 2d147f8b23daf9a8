import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { ServerProcess } from '../support/server-process.ts';
import { lockSqlite } from '../support/sqlite-lock.ts';
import { until } from '../support/until.ts';

const secretKey = 'Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHNlY3JldCBrZXk';
/** What an orchestrator waits before it kills; the machine of a test may have other things to do. */
const patienceMs = 20_000;

let postgres: Postgres;
const servers: ServerProcess[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.remove();
});
afterAll(() => postgres?.stop());

async function start(settings: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const server = await ServerProcess.start(settings);
  servers.push(server);
  return server;
}
const onPostgres = (url: string): Promise<ServerProcess> =>
  start({ SLUICE_DATABASE_URL: url, SLUICE_SECRET_KEY: secretKey });

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}
/** Statements that wait for a lock of another transaction. */
const waiting = async (client: pg.Client): Promise<number> => {
  const { rows } = await client.query(
    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
  );
  return rows.length;
};

it('answers what was asked before it was stopped, and writes it', async () => {
  const url = await postgres.createDatabase();
  const server = await onPostgres(url);
  await server.setUp();
  const [holder, looker] = [await connected(url), await connected(url)];
  await holder.query('BEGIN');
  await holder.query('SELECT * FROM environment FOR UPDATE');
  const body = { monitorOnly: true, reason: 'stopped meanwhile' };
  const asked = server.admin.attempt(contracts.setKill, { params: { env: 'prod' }, body });
  await until('the request waits for its row', async () => (await waiting(looker)) > 0);
  const down = server.down('SIGTERM');
  // From here on nobody new is let in.
  await until('it has begun to stop', () =>
    fetch(`${server.url}/healthz`).then(
      () => false,
      () => true,
    ),
  );
  await holder.query('COMMIT');
  expect((await asked).status).toBe(200);
  await down;
  const { rows } = await looker.query('SELECT reason FROM kill_switch');
  expect(rows).toEqual([{ reason: 'stopped meanwhile' }]);
  for (const client of [holder, looker]) await client.end();
}, 60_000);

it('ends although its PostgreSQL answers nothing any more', async () => {
  const server = await onPostgres(await postgres.createDatabase());
  await postgres.freeze();
  try {
    const late = new Promise((resolve) => setTimeout(resolve, patienceMs, 'it runs on'));
    expect(await Promise.race([server.down('SIGTERM').then(() => 'it ended'), late])).toBe('it ended');
  } finally {
    await postgres.thaw();
  }
}, 60_000);

it('waits at its start for the node that brings the tables up to date, however long that takes', async () => {
  const url = await postgres.createDatabase();
  const other = await connected(url);
  await other.query('BEGIN');
  // What every node holds while it does so.
  await other.query('SELECT pg_advisory_xact_lock(7788001)');
  const starting = onPostgres(url);
  const looker = await connected(url);
  await until('the second node waits', async () => (await waiting(looker)) > 0, 20_000);
  // Longer than any statement of a server that runs may take.
  await new Promise((resolve) => setTimeout(resolve, 10_500));
  await other.query('COMMIT');
  expect((await fetch(`${(await starting).url}/readyz`)).status).toBe(200);
  for (const client of [other, looker]) await client.end();
}, 60_000);

it.each([
  [
    'en',
    'another process holds the lock of',
    'was written by a newer Sluice',
    'is damaged, or no SQLite database',
  ],
  ['zh', '被其他进程锁定', '由更新版本的 Sluice 写入', '已损坏，或不是 SQLite 数据库'],
] as const)(
  'says in %s why it cannot start with its SQLite file',
  async (language, locked, newer, damaged) => {
    const server = await start({ SLUICE_LANG: language });
    await server.down('SIGTERM');
    const file = join(server.dataDir, 'sluice.db');
    const failure = async (): Promise<string> => {
      server.stderr = '';
      return await server.up().then(
        () => 'it started',
        (error: Error) => error.message,
      );
    };
    const free = await lockSqlite(file);
    expect(await failure()).toContain(locked);
    await free();
    const database = new BetterSqlite3(file);
    database.exec("INSERT INTO migration (name, ran_at) VALUES ('9999-later', 1)");
    database.close();
    expect(await failure()).toContain(newer);
    writeFileSync(file, 'no database at all');
    expect(await failure()).toContain(damaged);
  },
  60_000,
);
