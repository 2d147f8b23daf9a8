import { spawnSync } from 'node:child_process';
import type { Stats } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { guardedRead } from './guarded-read.ts';
import { assertOwn, ownFolder } from './safe-folder.ts';

const posix = process.platform === 'win32' ? describe.skip : describe;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-guarded-'));
});

const privateFile = async (name: string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, 'values', { mode: 0o600 });
  return path;
};

posix('reading the cache', () => {
  it('answers the bytes of a file of our own, and nothing for none', async () => {
    expect((await guardedRead(await privateFile('a')))?.toString()).toBe('values');
    expect(await guardedRead(join(folder, 'absent'))).toBeUndefined();
  });

  it('follows no link', async () => {
    await symlink(await privateFile('a'), join(folder, 'link'));
    await expect(guardedRead(join(folder, 'link'))).rejects.toThrow('symbolic link');
  });

  it.each([0o620, 0o602, 0o666])('refuses a file that others may write (%o)', async (mode) => {
    const path = await privateFile('a');
    await chmod(path, mode);
    await expect(guardedRead(path)).rejects.toThrow('others may write it');
  });

  it('takes what root has written where it is asked to, and nothing of anybody else', () => {
    const uid = process.geteuid!();
    const of = (owner: number, mode = 0o644) => ({ uid: owner, mode }) as Stats;
    for (const more of [undefined, 'orRoot'] as const) {
      expect(() => assertOwn('f', of(uid + 1), more)).toThrow('it belongs to user');
      expect(() => assertOwn('f', of(uid, 0o664), more)).toThrow('others may write it');
      expect(() => assertOwn('f', of(uid), more)).not.toThrow();
    }
    const asAnother = jest.spyOn(process as { geteuid: () => number }, 'geteuid').mockReturnValue(1234);
    expect(() => assertOwn('f', of(0))).toThrow('it belongs to user 0, this process runs as 1234');
    expect(() => assertOwn('f', of(0), 'orRoot')).not.toThrow();
    expect(() => assertOwn('f', of(0, 0o666), 'orRoot')).toThrow('others may write it');
    asAnother.mockRestore();
  });

  it('refuses a folder and a pipe in place of a file, without waiting for a writer', async () => {
    await mkdir(join(folder, 'd'));
    await expect(guardedRead(join(folder, 'd'))).rejects.toThrow();
    const pipe = join(folder, 'pipe');
    if (spawnSync('mkfifo', ['-m', '600', pipe]).status === 0)
      await expect(guardedRead(pipe)).rejects.toThrow('not a regular file');
  });

  // Only root can give a file away.
  const asRoot = process.getuid?.() === 0 ? it : it.skip;
  asRoot('refuses a file and a folder of somebody else', async () => {
    const path = await privateFile('a');
    await chown(path, 12345, 12345);
    await expect(guardedRead(path)).rejects.toThrow('it belongs to user 12345');
    await mkdir(join(folder, 'prod'));
    await chown(join(folder, 'prod'), 12345, 12345);
    await expect(ownFolder(folder, ['prod', 'app'])).rejects.toThrow('it belongs to user 12345');
  });
});

posix('folders of the cache', () => {
  it('are made for this user alone', async () => {
    const made = await ownFolder(join(folder, 'new', 'root'), ['prod', 'app', '0']);
    const { mode } = await import('node:fs/promises').then((fs) => fs.stat(made));
    expect(mode & 0o777).toBe(0o700);
  });

  it('are refused when they are links or writable by others', async () => {
    await mkdir(join(folder, 'real'));
    await symlink(join(folder, 'real'), join(folder, 'prod'));
    await expect(ownFolder(folder, ['prod'])).rejects.toThrow('not a folder of its own');
    await chmod(join(folder, 'real'), 0o777);
    await expect(ownFolder(folder, ['real'])).rejects.toThrow('others may write it (mode 777)');
  });
});
