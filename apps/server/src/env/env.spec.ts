import { describe, expect, it } from '@jest/globals';
import { EnvError, readEnv } from './env.ts';

const faultsOf = (source: Record<string, string>): string => {
  try {
    readEnv(source);
  } catch (error) {
    if (error instanceof EnvError) return error.message;
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
