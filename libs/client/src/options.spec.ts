import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { defaultCacheFolder } from './cache/default-folder.ts';
import { OptionsError, type SluiceOptions, settingsFrom } from './options.ts';

const fault = (options: unknown, language: 'en' | 'zh' = 'en'): string => {
  const env = {};
  try {
    settingsFrom(options as SluiceOptions, env, language);
  } catch (error) {
    expect(error).toBeInstanceOf(OptionsError);
    return (error as OptionsError).message;
  }
  return '';
};
const server = 'http://127.0.0.1:7788';

describe('options', () => {
  it('are filled from the environment where absent', () => {
    const env = { SLUICE_SERVER: `${server}/`, SLUICE_TOKEN: 't' };
    expect(settingsFrom({}, env, 'en')).toMatchObject({
      server,
      token: 't',
      labels: {},
      allowMultiple: false,
    });
    expect(settingsFrom({ server: 'https://x/sluice/', token: undefined }, env, 'en')).toMatchObject({
      server: 'https://x/sluice',
      token: 't',
    });
  });

  it('mean the folder that the process is in when they are given', () => {
    const { cacheDir, bootstrapFile } = settingsFrom(
      { server, cacheDir: 'c', bootstrapFile: 'b.json' },
      {},
      'en',
    );
    expect([cacheDir, bootstrapFile]).toEqual([join(process.cwd(), 'c'), join(process.cwd(), 'b.json')]);
    expect(settingsFrom({ server, cacheDir: false }, {}, 'en').cacheDir).toBe(false);
    expect(settingsFrom({ server }, {}, 'en')).toMatchObject({
      cacheDir: undefined,
      bootstrapFile: undefined,
    });
    expect(defaultCacheFolder({ SLUICE_CACHE_DIR: 'c' })).toBe(join(process.cwd(), 'c'));
  });

  it.each([
    [{}, 'server: must be an address like http://host:7788, here or as SLUICE_SERVER, got nothing'],
    [{ server: 'localhost:7788' }, 'SLUICE_SERVER, got "localhost:7788"'],
    [{ server, environment: 'a b' }, 'environment: must be 1-128 of A-Z a-z 0-9 . _ -, got "a b"'],
    [{ server, app: '..' }, 'app: must be 1-128'],
    [{ server, labels: { zone: 5 } }, 'labels.zone: '],
    [{ server, cacheDir: true }, 'cacheDir: must be a folder or false, got true'],
    [{ server, instanceId: '' }, 'instanceId: '],
    [{ server, logger: {} }, 'logger: must have a method warn'],
    [{ server, tokn: 'x' }, 'tokn: is not an option'],
    [null, 'server: must be an address'],
  ])('%j are refused with the bad value', (options, message) => {
    expect(fault(options)).toContain(message);
  });

  it('says faults in Chinese too', () => {
    const message = fault({ server: 'x', tokn: 1 }, 'zh');
    expect(message).toContain('createSluice 收到无法使用的选项： server: 必须是形如 http://host:7788 的地址');
    expect(message).toContain('实际为 "x"');
    expect(message).toContain('tokn: 不是选项');
  });

  it('lists every fault, and never repeats a token', () => {
    const message = fault({ server: 1, app: '', token: 7 });
    expect(message).toContain('server: ');
    expect(message).toContain('app: ');
    expect(fault({ server, token: 's'.repeat(600) })).not.toContain('sss');
  });
});
