import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AppEntity } from '../../apps/server/src/catalog/app.entity.ts';
import type { Database } from '../../apps/server/src/database/database.ts';
import { openDatabase } from '../../apps/server/src/database/open-database.ts';

const folders: string[] = [];
const open: Database[] = [];

async function fresh(): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-writer-'));
  folders.push(folder);
  const database = await openDatabase({ dialect: 'sqlite', file: join(folder, 'sluice.db') }, [AppEntity]);
  open.push(database);
  return database;
}

afterEach(async () => {
  for (const database of open.splice(0)) await database.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const insert = (database: Database, name: string): Promise<string> =>
  database.write(async (tx) => {
    await tx.insert(AppEntity, { name, title: '', owner: '', createdAt: 0 });
    return name;
  });

describe('the one writer of SQLite', () => {
  it('loses no acknowledged write in the rollback of another', async () => {
    const database = await fresh();
    let fail: (error: Error) => void = () => undefined;
    const failing = database.write(async (tx) => {
      await tx.insert(AppEntity, { name: 'never', title: '', owner: '', createdAt: 0 });
      await new Promise((_, reject) => {
        fail = reject;
      });
    });
    const refused = expect(failing).rejects.toThrow('on purpose');
    const inserts = Array.from({ length: 50 }, (_, i) => insert(database, `app-${i}`));
    await new Promise((resolve) => setImmediate(resolve));
    fail(new Error('on purpose'));
    await refused;
    const acknowledged = await Promise.all(inserts);
    const rows = await database.read.find(AppEntity);
    expect(rows.map((row) => row.name).sort()).toEqual([...acknowledged].sort());
  });

  it('hides from readers what is not committed', async () => {
    const database = await fresh();
    await database.write(async (tx) => {
      await tx.insert(AppEntity, { name: 'soon', title: '', owner: '', createdAt: 0 });
      expect(await database.read.count(AppEntity)).toBe(0);
    });
    expect(await database.read.count(AppEntity)).toBe(1);
  });

  it('waits for the disk at every commit', async () => {
    const database = await fresh();
    const settings = await database.write(async (tx) => [
      await tx.query('PRAGMA synchronous'),
      await tx.query('PRAGMA journal_mode'),
      await tx.query('PRAGMA foreign_keys'),
    ]);
    expect(settings).toEqual([[{ synchronous: 2 }], [{ journal_mode: 'wal' }], [{ foreign_keys: 1 }]]);
  });

  it('refuses to write through the connection that reads', async () => {
    const database = await fresh();
    const write = database.read.insert(AppEntity, { name: 'x', title: '', owner: '', createdAt: 0 });
    await expect(write).rejects.toThrow(/readonly/);
  });
});
