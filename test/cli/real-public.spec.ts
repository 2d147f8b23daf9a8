import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSluice, num, type Sluice } from '@sluice/client';
import { contracts } from '@sluice/protocol';
import { adminName, adminPassword, type BootedApp, bootApp } from '../support/boot-app.ts';
import { MemoryMachine, type Ran } from './memory-machine.ts';

describe('public namespaces by command', () => {
  let app: BootedApp;
  let instance: Sluice;
  let net: { readonly timeoutMs: number; readonly retries: number };
  const machine = new MemoryMachine();
  const sluice = (...argv: string[]): Promise<Ran> =>
    machine.run(argv, { realTime: true, env: { SLUICE_ENV: 'prod' } });
  const out = async (...argv: string[]): Promise<string> => {
    const ran = await sluice(...argv);
    if (ran.code !== 0) throw new Error(`exit ${ran.code}: ${ran.err}`);
    return ran.out;
  };

  beforeAll(async () => {
    app = await bootApp();
    for (const name of ['platform', 'order-api'])
      await app.admin.call(contracts.createApp, { body: { name } });
    await machine.run(['login', '--server', app.url, '--user', adminName, '--password-stdin'], {
      realTime: true,
      stdin: adminPassword,
    });
    await out('set', 'platform', 'common.timeoutMs=100', 'common.retries=1', '--create');
    const token = (await out('token', 'create', '--app', 'order-api', '--name', 'processes')).trim();
    instance = createSluice({ server: app.url, token, instanceId: 'i-1', cacheDir: false, logger: false });
    net = instance.config('net', { timeoutMs: num(-1), retries: num(-1) });
    expect(await instance.ready({ timeoutMs: 10_000 })).toBe('live');
  });
  afterAll(async () => {
    await instance?.close();
    await app?.close();
  });

  it('are opened, linked, overridden and inherited again', async () => {
    const link = ['public', 'link', 'order-api', 'net', 'platform/common'];
    const closed = await sluice(...link);
    expect([closed.code, closed.err]).toEqual([1, expect.stringContaining('is not public')]);
    await out('public', 'open', 'platform', 'common');
    expect(await out('public', 'ls')).toMatch(/platform +common +map +1/);
    await out(...link, '--dry-run');
    await out(...link, '--wait');
    expect({ ...net }).toMatchObject({ timeoutMs: 100, retries: 1 });
    await out('set', 'order-api', 'net.timeoutMs=250', '--wait');
    expect(net.timeoutMs).toBe(250);
    await out('public', 'remove', 'order-api', 'net', 'retries', '--wait');
    expect(net.retries).toBe(-1);
    expect(await out('public', 'linkers', 'platform', 'common')).toMatch(/order-api +net +1 +2 +\*/);
    await out('public', 'inherit', 'order-api', 'net', 'retries', 'timeoutMs', '--wait');
    expect({ ...net }).toMatchObject({ timeoutMs: 100, retries: 1 });
  });

  it('tell before and after a release whom it reaches by links', async () => {
    const set = ['set', 'platform', 'common.retries=2'];
    const dry = await out(...set, '--mode', 'global', '--grays', 'keep', '--dry-run');
    expect(dry).toMatch(/order-api\/i-1 +online +net\.retries +1 +2/);
    const { err } = await sluice(...set, '--wait');
    expect(err).toContain('Through links: 1 of 1 instances of 1 other app hold it (order-api 1/1).');
    expect(net.retries).toBe(2);
    expect(await out('get', 'order-api', 'net.retries', '--instance', 'i-1', '--why')).toContain(
      'public namespace common of app platform, release 2',
    );
  });

  it('say of a release which apps that link it are not there', async () => {
    const body = { kind: 'client', name: 'strict', environment: 'prod', app: 'order-api' } as const;
    const { secret } = await app.admin.call(contracts.createToken, { body });
    const strict = createSluice({
      server: app.url,
      token: secret,
      instanceId: 'i-strict',
      cacheDir: false,
      logger: false,
    });
    strict.config('net', { retries: num(0, { max: 10 }) });
    expect(await strict.ready({ timeoutMs: 10_000 })).toBe('live');
    const { code, err } = await sluice('set', 'platform', 'common.retries=99', '--wait');
    expect([code, err]).toEqual([
      3,
      expect.stringMatching(/Converged here; 1 of 1 linking apps not yet.*order-api 1\/2\)\./s),
    ]);
    const [push] = JSON.parse(await out('push', 'ls', 'platform', '-o', 'json'));
    expect(push.linked).toEqual({ apps: 1, open: 0, converged: 0, diverged: 1 });
    expect(await out('push', 'ls', 'platform')).toMatch(/converged, 1\/1 apps not yet/);
    expect(await out('push', 'show', push.id.slice(0, 8))).toMatch(/order-api +net +diverged +1\/2/);
    const zh = await sluice('push', 'watch', push.id, '--lang', 'zh');
    expect([zh.code, zh.err]).toEqual([3, expect.stringContaining('1 个链接应用中有 1 个尚未收敛')]);
    await strict.close();
    expect((await sluice('set', 'platform', 'common.retries=2', '--wait')).code).toBe(0);
  });

  it('name who would not fit, before a release and after it', async () => {
    const params = { env: 'prod', app: 'platform', ns: 'common' };
    const { etag } = await app.admin.call(contracts.getNamespace, { params });
    const body = { schema: { properties: { retries: { maximum: 50 } }, maxProperties: 3 } };
    await app.admin.call(contracts.changeNamespace, { params, ifMatch: etag, body });
    await out('set', 'order-api', 'net.size=1', '--create', '--wait');
    const more = ['set', 'platform', 'common.extra=1', '--create'];
    const named = 'order-api/net links it, and with what that lays over it, it does not fit the schema';
    const dry = await sluice(...more, '--dry-run');
    expect([dry.code, dry.err]).toEqual([0, expect.stringContaining(named)]);
    const real = await sluice(...more);
    expect([real.code, real.err]).toEqual([0, expect.stringContaining(named)]);
    await out('rollback', 'platform', 'common');
  });

  it('stay open while somebody links them', async () => {
    const { code, err } = await sluice('public', 'close', 'platform', 'common');
    expect([code, err]).toEqual([5, expect.stringContaining('order-api/net')]);
    const zh = await sluice('public', 'close', 'platform', 'common', '--lang', 'zh');
    expect(zh.err).toContain('链接');
    const slip = await sluice('public', 'link', 'order-api', 'more', 'common');
    expect([slip.code, slip.err]).toEqual([2, expect.stringContaining('<app>/<namespace>')]);
  });
});
