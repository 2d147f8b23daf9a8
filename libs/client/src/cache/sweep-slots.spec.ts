import { mkdir, mkdtemp, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '../clock.ts';
import { SlotLock } from './slot-lock.ts';
import { sweepSlots } from './sweep-slots.ts';

const days = (count: number): Date => new Date(Date.now() - count * 86_400_000);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-sweep-'));
});

/** A slot whose files were written last so many days ago. */
async function slot(
  name: string,
  unusedDays: number,
  files = ['a.snap', 'b.snap', 'lock.7'],
): Promise<string> {
  const path = join(folder, name);
  await mkdir(path, { mode: 0o700 });
  for (const file of files) await writeFile(join(path, file), '{}', { mode: 0o600 });
  for (const file of files) await utimes(join(path, file), days(unusedDays), days(unusedDays));
  await utimes(path, days(unusedDays), days(unusedDays));
  return path;
}

const sweep = async (own = join(folder, 'own')): Promise<string[]> =>
  (await sweepSlots(folder, own, systemClock)).sort();

describe('slots of processes that are long gone', () => {
  it('are removed after 30 days, what was left unfinished too', async () => {
    await slot('pod-1', 31);
    await slot('pod-2', 31, ['lock.1', 'a.snap.part']);
    await slot('pod-3', 31, []);
    await slot('pod-4', 29);
    await slot('pod-5', 0, []);
    expect(await sweep()).toEqual(['pod-1', 'pod-2', 'pod-3']);
    expect((await readdir(folder)).sort()).toEqual(['pod-4', 'pod-5']);
    expect(await sweep(join(folder, 'missing', 'own'))).toEqual([]);
  });

  it('stay while somebody holds their lock, however old, and so does the own one', async () => {
    const held = await slot('pod-1', 60);
    const own = await slot('own', 60);
    const lock = await SlotLock.take(held, systemClock);
    for (const name of await readdir(held)) await utimes(join(held, name), days(60), days(60));
    expect(await sweep(own)).toEqual([]);
    await lock?.release();
    for (const name of await readdir(held)) await utimes(join(held, name), days(60), days(60));
    expect(await sweep(own)).toEqual(['pod-1']);
  });

  it('stay when there is something in them that is not ours, and links are not followed', async () => {
    await slot('notes', 60, ['a.snap', 'readme.txt']);
    const elsewhere = await mkdtemp(join(tmpdir(), 'sluice-elsewhere-'));
    await writeFile(join(elsewhere, 'a.snap'), '');
    await utimes(join(elsewhere, 'a.snap'), days(60), days(60));
    await symlink(elsewhere, join(folder, 'link'));
    await writeFile(join(folder, 'file'), '');
    expect(await sweep()).toEqual([]);
    expect(await readdir(elsewhere)).toEqual(['a.snap']);
    expect(await readdir(join(folder, 'notes'))).toEqual(['a.snap', 'readme.txt']);
  });
});
