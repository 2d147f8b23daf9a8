import { describe, expect, it } from '@jest/globals';
import { EnvError } from './env.ts';
import { startFailure } from './start-failure.ts';

const place = { host: '127.0.0.1', port: 7788 };
const failed = (code: string, syscall?: string) => Object.assign(new Error(code), { code, syscall });

describe('why a server did not start', () => {
  it('lists what is wrong with its settings in the language of who started it', () => {
    const error = new EnvError({ en: 'SLUICE_PORT: must be a number', zh: 'SLUICE_PORT：必须是数字' });
    expect(startFailure(error, undefined, 'en')).toBe('SLUICE_PORT: must be a number\n');
    expect(startFailure(error, undefined, 'zh')).toBe('SLUICE_PORT：必须是数字\n');
  });

  it.each([
    ['a port in use', failed('EADDRINUSE', 'listen'), '127.0.0.1:7788', 'SLUICE_PORT'],
    ['a port for administrators', failed('EACCES', 'listen'), '127.0.0.1:7788', 'SLUICE_PORT'],
    ['an address of another machine', failed('EADDRNOTAVAIL', 'listen'), '127.0.0.1', 'SLUICE_HOST'],
    ['no database there', failed('ECONNREFUSED', 'connect'), 'ECONNREFUSED', 'SLUICE_DATABASE_URL'],
    ['a wrong password', failed('28P01'), 'password', 'SLUICE_DATABASE_URL'],
    ['no right to make tables', failed('42501'), 'may not make tables', 'SLUICE_DATABASE_URL'],
    ['no database of that name', failed('3D000'), 'Create it', 'SLUICE_DATABASE_URL'],
  ])('says in either language what to do about %s', (_what, error, where, setting) => {
    const en = startFailure(error, place, 'en');
    const zh = startFailure(error, place, 'zh');
    expect(en).toContain(where);
    expect(en).toContain(setting);
    expect(en).toContain('Nothing was changed');
    expect(zh).toContain(setting);
    expect(zh).toContain('没有任何更改');
  });

  it.each([
    ['a lock of another process', 'SQLITE_BUSY', 'holds the lock', '锁定'],
    ['a file of somebody else', 'SQLITE_READONLY', 'may not write', '无权写入'],
    ['a folder of somebody else', 'EACCES', 'may not write', '无权写入'],
    ['a full disk', 'SQLITE_FULL', 'is full', '已满'],
    ['a full disk, as the system says it', 'ENOSPC', 'is full', '已满'],
    ['a damaged file', 'SQLITE_CORRUPT', 'is damaged', '已损坏'],
  ])('names the file of the embedded database for %s, below what was made of it', (_what, code, en, zh) => {
    const embedded = { ...place, database: { dialect: 'sqlite', file: '/data/sluice.db' } as const };
    const error = new Error('unavailable', { cause: new Error('query failed', { cause: failed(code) }) });
    expect(startFailure(error, embedded, 'en')).toContain('/data/sluice.db');
    expect(startFailure(error, embedded, 'en')).toContain(en);
    expect(startFailure(error, embedded, 'zh')).toContain('/data/sluice.db');
    expect(startFailure(error, embedded, 'zh')).toContain(zh);
  });

  it('keeps the stack of what nobody foresaw', () => {
    expect(startFailure(new Error('odd'), place, 'en')).toMatch(/could not start: Error: odd\n +at /);
  });
});
