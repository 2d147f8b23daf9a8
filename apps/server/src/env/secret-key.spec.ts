import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EnvError, readEnv } from './env.ts';
import { loadSecretKey } from './secret-key.ts';

const good = '8f1c0a5be94d7723f06d9e41b2c85a37d4e6f10923bc58a7916e4d03fa7c2b65';

describe('the secret key', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-key-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const load = (settings = {}): Buffer =>
    loadSecretKey(readEnv({ SLUICE_DATA_DIR: folder, ...settings })).bytes;
  const file = (): string => join(folder, 'secret-key');

  it('is the one of the settings', () => {
    expect(load({ SLUICE_SECRET_KEY: good }).toString('hex')).toBe(good);
  });

  it('is made once, private, and stays', () => {
    const first = load();
    expect(first).toHaveLength(32);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(load()).toEqual(first);
  });

  it.each([
    ['others can read it', () => chmodSync(file(), 0o644)],
    ['it was cut', () => writeFileSync(file(), good.slice(1))],
    ['it is empty', () => writeFileSync(file(), '')],
    ['it is weak', () => writeFileSync(file(), '0'.repeat(64))],
  ])('stops the server when %s, and is left as it is', (_, spoil) => {
    load();
    spoil();
    const before = readFileSync(file());
    expect(() => load()).toThrow(EnvError);
    expect(readFileSync(file())).toEqual(before);
  });

  it.each([
    ['all zero', '0'.repeat(64)],
    ['one byte repeated', 'ab'.repeat(32)],
    ['a pattern repeated', '0123456789abcdef'.repeat(4)],
    ['a run', Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString('hex')],
    ['a run down', Buffer.from(Array.from({ length: 32 }, (_, i) => 255 - i)).toString('hex')],
    ['a known one', Buffer.from('SecretKey012345678901234567890123456789').subarray(0, 32).toString('hex')],
    ['too short', 'abcd'],
  ])('is not %s', (_, key) => {
    expect(() => load({ SLUICE_SECRET_KEY: key })).toThrow(/SLUICE_SECRET_KEY/);
  });
});
