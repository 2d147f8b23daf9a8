import { describe, expect, it } from '@jest/globals';
import { EnvError } from './env.ts';
import { startFailure } from './start-failure.ts';

const place = { host: '127.0.0.1', port: 7788 };
const failed = (code: string, syscall?: string) => Object.assign(new Error(code), { code, syscall });

describe('why a server did not start', () => {
  it('lists what is wrong with its settings as it is', () => {
    expect(startFailure(new EnvError('SLUICE_PORT: must be a number'), undefined)).toBe(
      'SLUICE_PORT: must be a number\n',
    );
  });

  it.each([
    ['a port in use', failed('EADDRINUSE', 'listen'), '127.0.0.1:7788', 'SLUICE_PORT'],
    ['a port for administrators', failed('EACCES', 'listen'), '127.0.0.1:7788', 'SLUICE_PORT'],
    ['an address of another machine', failed('EADDRNOTAVAIL', 'listen'), '127.0.0.1', 'SLUICE_HOST'],
    ['no database there', failed('ECONNREFUSED', 'connect'), 'ECONNREFUSED', 'SLUICE_DATABASE_URL'],
    ['a wrong password', failed('28P01'), 'password', 'SLUICE_DATABASE_URL'],
    ['no database of that name', failed('3D000'), 'Create it', 'SLUICE_DATABASE_URL'],
  ])('says in both languages what to do about %s', (_what, error, where, setting) => {
    const [en = '', zh = ''] = startFailure(error, place).split('\n');
    expect(en).toContain(where);
    expect(en).toContain(setting);
    expect(en).toContain('Nothing was changed');
    expect(zh).toContain(setting);
    expect(zh).toContain('没有任何更改');
  });

  it('keeps the stack of what nobody foresaw', () => {
    expect(startFailure(new Error('odd'), place)).toMatch(/could not start: Error: odd\n +at /);
  });
});
