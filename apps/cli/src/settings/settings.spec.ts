import { chmod, mkdtemp, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Io } from '../host/io.ts';
import { configPath, readConfig, writeConfig } from './config-file.ts';
import { parseDurationMs } from './duration.ts';
import { languageFlag, wantedLanguage } from './language.ts';
import { type GlobalFlags, readSettings } from './settings.ts';

let home: string;
let path: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-config-'));
  path = configPath({}, home);
});

const settingsWith = (flags: GlobalFlags, env: Record<string, string> = {}) =>
  readSettings(flags, { env, home } as unknown as Io);

describe('the config file', () => {
  it('lies where XDG says', () => {
    expect(configPath({ XDG_CONFIG_HOME: '/x' }, '/home/a')).toBe('/x/sluice/config.yaml');
    expect(configPath({}, '/home/a')).toBe('/home/a/.config/sluice/config.yaml');
  });

  it('is for the owner alone, and is read back', async () => {
    const stored = { server: 'http://a:1', token: 'secret: #1', environment: 'prod' };
    await writeConfig(path, stored);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(home, '.config', 'sluice'))).mode & 0o777).toBe(0o700);
    expect(await readConfig(path)).toEqual(stored);
  });

  it('closes a file that was open before', async () => {
    await writeConfig(path, { token: 'a' });
    await chmod(path, 0o644);
    await writeConfig(path, { token: 'b' });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('holds nothing when it is missing', async () => {
    expect(await readConfig(path)).toEqual({});
  });

  it.each([0o644, 0o640, 0o660, 0o604])('is refused when others can touch it (%s)', async (mode) => {
    await writeConfig(path, { token: 'a' });
    await chmod(path, mode);
    await expect(readConfig(path)).rejects.toMatchObject({ code: 'config_shared', exit: 1 });
  });

  it.each(['{', '- a', 'token: 5', 'server: [a]'])('is refused when it is broken: %s', async (text) => {
    await writeConfig(path, {});
    await writeFile(path, text);
    await expect(readConfig(path)).rejects.toMatchObject({ code: 'config_invalid' });
  });
});

describe('settings', () => {
  it('come from flags before variables before the file before the default', async () => {
    expect((await settingsWith({})).server.href).toBe('http://127.0.0.1:7788/');
    await writeConfig(path, { server: 'http://file:1', token: 'file', environment: 'dev' });
    expect(await settingsWith({})).toMatchObject({ token: 'file', tokenFrom: 'file', environment: 'dev' });
    const env = { SLUICE_SERVER: 'http://file:1', SLUICE_TOKEN: 'env', SLUICE_ENV: 'staging' };
    expect(await settingsWith({}, env)).toMatchObject({ token: 'env', environment: 'staging' });
    const flags = { token: 'flag', env: 'prod' };
    expect(await settingsWith(flags, env)).toMatchObject({ token: 'flag', environment: 'prod' });
  });

  it('never show the stored token to another server', async () => {
    await writeConfig(path, { server: 'http://file:1', token: 'file' });
    expect((await settingsWith({ server: 'http://other:1' })).token).toBeUndefined();
    expect((await settingsWith({ server: 'http://file:1/' })).token).toBe('file');
  });

  it.each(['ftp://a', 'a:b:c', 'localhost', '', 'http://u:p@a'])('refuse %j as a server', async (server) => {
    const asked = settingsWith({ server }, { SLUICE_SERVER: server || 'nothing' });
    await expect(asked).rejects.toMatchObject({ exit: 2 });
  });
});

describe('the language', () => {
  it('is what the flag, the variable or the system says', () => {
    expect(wantedLanguage(undefined, {})).toBe('en');
    expect(wantedLanguage(undefined, { LANG: 'zh_CN.UTF-8' })).toBe('zh');
    expect(wantedLanguage(undefined, { LANG: 'zh_CN.UTF-8', LC_ALL: 'en_US.UTF-8' })).toBe('en');
    expect(wantedLanguage(undefined, { LANG: 'en_US.UTF-8', SLUICE_LANG: 'zh' })).toBe('zh');
    expect(wantedLanguage('en', { SLUICE_LANG: 'zh' })).toBe('en');
  });

  it('is found among the words before anything is parsed', () => {
    expect(languageFlag(['get', '--lang', 'zh', 'a'])).toBe('zh');
    expect(languageFlag(['get', '--lang=zh'])).toBe('zh');
    expect(languageFlag(['get', '--', '--lang=zh'])).toBeUndefined();
    expect(languageFlag([])).toBeUndefined();
  });
});

describe('a length of time', () => {
  it.each([
    ['500ms', 500],
    ['60s', 60_000],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
    ['2', 2_000],
    ['', undefined],
    ['-1s', undefined],
    ['1d', 86_400_000],
    ['1w', undefined],
    ['soon', undefined],
  ])('%j is %p ms', (text, expected) => {
    expect(parseDurationMs(text)).toBe(expected);
  });
});
