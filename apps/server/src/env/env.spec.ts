import { describe, expect, it } from '@jest/globals';
import { EnvError, readEnv } from './env.ts';

const faultsOf = (source: Record<string, string>, language: 'en' | 'zh' = 'en'): string => {
  try {
    readEnv(source);
  } catch (error) {
    if (error instanceof EnvError) return error.text[language];
    throw error;
  }
  return '';
};

describe('the settings', () => {
  it('have defaults that start on an empty machine', () => {
    expect(readEnv({})).toMatchObject({
      port: 7788,
      host: '127.0.0.1',
      database: { dialect: 'sqlite' },
      insecureDev: false,
      isDemo: false,
      retentionDays: 30,
    });
  });

  it('name every fault at once, each with its variable', () => {
    const message = faultsOf({
      SLUICE_PORT: '70000',
      SLUICE_LOG_LEVEL: 'loud',
      SLUICE_DATABASE_URL: 'mysql://x',
      SLUICE_RETENTION_DAYS: '0',
      SLUICE_INSECURE_DEV: 'yes',
      SLUICE_PROT: '1',
    });
    expect(message).toContain('6 setting(s) are wrong');
    for (const fault of [
      'SLUICE_PORT: must be a whole number from 0 to 65535, got "70000"',
      'SLUICE_LOG_LEVEL: must be one of fatal, error',
      'SLUICE_DATABASE_URL: must be sqlite:<file> or postgres://',
      'SLUICE_RETENTION_DAYS: must be a whole number from 1 to 3650, got "0"',
      'SLUICE_INSECURE_DEV: must be 1 or 0',
      'SLUICE_PROT: is not a setting of Sluice',
    ])
      expect(message).toContain(fault);
  });

  it('say the same in Chinese', () => {
    const message = faultsOf(
      {
        SLUICE_PORT: '70000',
        SLUICE_LOG_LEVEL: 'loud',
        SLUICE_SECRET_KEY: 'hunter2',
        SLUICE_PUBLIC_URL: 'here',
        SLUICE_WEBHOOK_HOSTS: 'a b',
        SLUICE_INSECURE_DEV: 'yes',
        SLUICE_PROT: '1',
      },
      'zh',
    );
    expect(message).toContain('7 项设置有误');
    for (const fault of [
      'SLUICE_PORT：必须是 0 到 65535 的整数，当前为“70000”',
      'SLUICE_LOG_LEVEL：可选：fatal、error',
      'SLUICE_SECRET_KEY：必须是 32 字节',
      'SLUICE_PUBLIC_URL：必须是用户访问控制台的地址',
      'SLUICE_WEBHOOK_HOSTS：必须是以逗号分隔的主机',
      'SLUICE_INSECURE_DEV：必须是 1 或 0',
      'SLUICE_PROT：不是 Sluice 的设置',
    ])
      expect(message).toContain(fault);
    expect(message).not.toMatch(/must|hunter2|undefined/);
  });

  it('tell nobody the password of the database', () => {
    const message = faultsOf({ SLUICE_DATABASE_URL: 'mysql://me:hunter2@db/sluice' });
    expect(message).toContain('SLUICE_DATABASE_URL: must be sqlite');
    expect(message).not.toContain('hunter2');
  });

  it('keep the development mode without sign-in on this machine', () => {
    expect(faultsOf({ SLUICE_INSECURE_DEV: '1', SLUICE_HOST: '0.0.0.0' })).toContain(
      'SLUICE_HOST: must be 127.0.0.1',
    );
    expect(readEnv({ SLUICE_INSECURE_DEV: '1' }).insecureDev).toBe(true);
  });

  it('ask for a key where several nodes share a database', () => {
    expect(faultsOf({ SLUICE_DATABASE_URL: 'postgres://db/sluice' })).toContain(
      'SLUICE_SECRET_KEY: is required with PostgreSQL',
    );
  });

  it('leave the settings of the client and the command line alone', () => {
    expect(faultsOf({ SLUICE_TOKEN: 'x', SLUICE_ENV: 'prod', SLUICE_LANG: 'zh', HOME: '/root' })).toBe('');
  });
});
