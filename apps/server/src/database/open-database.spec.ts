import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openDatabase } from './open-database.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-private-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const modes = (): number[] => readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);

it.each([
  ['a new database', () => undefined],
  [
    'one that others could read',
    (file: string) => {
      for (const name of [file, `${file}-wal`]) writeFileSync(name, '');
      for (const name of [file, `${file}-wal`]) chmodSync(name, 0o644);
    },
  ],
])('%s is readable by its owner alone, and so are the files beside it', async (_, prepare) => {
  // In a folder that everybody may look into, with an umask that forbids nothing.
  chmodSync(folder, 0o755);
  const before = process.umask(0);
  try {
    const file = join(folder, 'sluice.db');
    prepare(file);
    const database = await openDatabase({ dialect: 'sqlite', file }, []);
    expect(modes().length).toBeGreaterThan(1);
    expect(new Set(modes())).toEqual(new Set([0o600]));
    await database.close();
  } finally {
    process.umask(before);
  }
});
