import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import BetterSqlite3 from 'better-sqlite3';
import pg from 'pg';
import { firstTables } from '../../apps/server/src/database/migrations/0001-first-tables.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { startPostgres } from '../support/databases.ts';

const digest = 'a'.repeat(64);
const [ns, release, settled, running] = [1, 2, 3, 4].map((n) => `00000000-0000-4000-8000-00000000000${n}`);

/** What a server of the first version left: a release that has its verdict, and one that was on its way. */
const rows = [
  'CREATE TABLE migration (name text PRIMARY KEY, ran_at bigint NOT NULL)',
  `INSERT INTO migration (name, ran_at) VALUES ('${firstTables.name}', 1)`,
  "INSERT INTO environment (name, revision, created_at) VALUES ('prod', 2, 1)",
  "INSERT INTO app (name, title, owner, created_at) VALUES ('orders', '', '', 1)",
  `INSERT INTO namespace (id, environment, app, name, kind, description, live_release_id, revision, release_count, item_count, created_at)
    VALUES ('${ns}', 'prod', 'orders', 'limits', 'map', '', '${release}', 2, 2, 0, 1)`,
  `INSERT INTO release (id, namespace_id, number, revision, kind, digest, size_bytes, content, message, author, push_id, created_at)
    VALUES ('${release}', '${ns}', 2, 2, 'publish', '${digest}', 26, '{"items":{},"kind":"map"}', 'second', 'ann', '${running}', 2)`,
  ...[
    [settled, 'diverged', 1, 1],
    [running, 'running', 2, 2],
  ].map(
    ([id, state, number, revision]) =>
      `INSERT INTO push (id, environment, app, namespace, namespace_id, mode, state, release, revision, digest, created_by, message, created_at, settled_at)
        VALUES ('${id}', 'prod', 'orders', 'limits', '${ns}', 'global', '${state}', ${number}, ${revision}, '${digest}', 'ann', 'why', 1000, ${state === 'running' ? 'NULL' : 2000})`,
  ),
  `INSERT INTO push_target (push_id, instance_id, state, at) VALUES ('${settled}', 'i1', 'applied', 1), ('${settled}', 'i2', 'timeout', 1)`,
];
const history = (dialect: 'sqlite' | 'postgres') => [...firstTables.statements(dialect), ...rows];

/** The tables of before are carried over, and all of it can be used. */
async function carriesOver(server: BootedApp): Promise<void> {
  const place = { env: 'prod', app: 'orders' };
  const push = await server.admin.call(contracts.getPush, { params: { ...place, push: settled! } });
  expect(push).toMatchObject({
    mode: 'global',
    state: 'diverged',
    revision: 1,
    target: { mode: 'global' },
    namespaces: [{ name: 'limits', release: 1, digest }],
    createdBy: 'ann',
    message: 'why',
    verdict: { holding: 1, targets: 2, counts: { applied: 1, timeout: 1 } },
  });
  const { items } = await server.admin.call(contracts.listPushes, {
    params: place,
    query: { namespace: 'limits' },
  });
  expect(items.map((each) => each.id)).toEqual([running, settled]);
  const again = await server.admin.call(contracts.repushPush, {
    params: { ...place, push: settled! },
    body: {},
  });
  expect(again.state).toBe('verifying');
  const base = { namespace: 'limits', base: 2 };
  const started = await server.admin.call(contracts.startPush, {
    params: place,
    body: {
      changes: [{ ...base, changes: { set: { timeout: { type: 'number', value: 1 } }, remove: [] } }],
      target: { mode: 'single', instanceId: 'i1' },
    },
  });
  expect(started.revision).toBe(3);
}

it('carry a database of the first version over: sqlite', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sluice-migrated-'));
  const database = new BetterSqlite3(join(dataDir, 'sluice.db'));
  for (const statement of history('sqlite')) database.exec(statement);
  database.close();
  const server = await bootApp({ dataDir, environments: ['staging'] });
  try {
    await carriesOver(server);
  } finally {
    await server.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
});

it('carry a database of the first version over: postgres', async () => {
  const postgres = await startPostgres();
  const databaseUrl = await postgres.createDatabase();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  for (const statement of history('postgres')) await client.query(statement);
  await client.end();
  const server = await bootApp({ databaseUrl, environments: ['staging'] });
  try {
    await carriesOver(server);
  } finally {
    await server.close();
    await postgres.stop();
  }
});
