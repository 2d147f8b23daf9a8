import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { maskedValue } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import { adminName, adminPassword, type BootedApp, bootApp } from '../support/boot-app.ts';
import { MemoryMachine, type Ran } from './memory-machine.ts';

/** Secrets on the command line, against a real server: set, masked, replaced, and shown when asked for. */
const marker = 'hunter2-zanzibar';
const machine = new MemoryMachine();
let app: BootedApp;

const sluice = (...argv: string[]): Promise<Ran> =>
  machine.run(argv, { realTime: true, env: { SLUICE_ENV: 'prod' } });

beforeAll(async () => {
  app = await bootApp();
  await app.admin.call(contracts.createApp, { body: { name: 'orders' } });
  await machine.run(['login', '--server', app.url, '--user', adminName, '--password-stdin'], {
    realTime: true,
    stdin: adminPassword,
  });
});
afterAll(() => app.close());

it('are set without being printed, and shown only with --reveal', async () => {
  const set = await sluice('set', 'orders', `db.password=${marker}`, '--secret', '--create', '-o', 'json');
  expect(set.code).toBe(0);
  const get = await sluice('get', 'orders', 'db.password');
  expect(get.out).toBe(`${maskedValue}\n`);
  const whole = await sluice('get', 'orders', 'db', '-o', 'json');
  expect(JSON.parse(whole.out).content.items.password).toMatchObject({ secret: true, value: maskedValue });
  expect((await sluice('get', 'orders', 'db.password', '--reveal')).out).toBe(`${marker}\n`);
  expect((await sluice('get', 'orders', 'db', '--reveal')).code).toBe(2);
  expect(set.out + set.err + get.err + whole.out).not.toContain(marker);
});

it('stay secret when they are set again, also as a number, and a dry run tells nothing', async () => {
  const dry = await sluice('set', 'orders', `db.password=${marker}-2`, '--dry-run');
  expect(dry.code).toBe(0);
  expect(dry.out + dry.err).not.toContain(marker);
  expect(dry.out).toContain(maskedValue);
  expect((await sluice('set', 'orders', 'db.pin=001234', '--secret', '--create')).code).toBe(0);
  expect((await sluice('set', 'orders', 'db.pin=77', '--secret')).code).toBe(0);
  expect((await sluice('get', 'orders', 'db.pin', '--reveal')).out).toBe('77\n');
  expect((await sluice('set', 'orders', 'db.n=5', '--create')).code).toBe(0);
  const wrong = await sluice('set', 'orders', 'db.n=6', '--secret', '--type', 'number');
  expect(wrong.code).toBe(1);
});

it('are exported masked, and in plain when asked for', async () => {
  const masked = await sluice('export', 'orders');
  expect(masked.out).toContain(maskedValue);
  expect(masked.out).not.toContain(marker);
  expect((await sluice('export', 'orders', '--reveal')).out).toContain(marker);
});
