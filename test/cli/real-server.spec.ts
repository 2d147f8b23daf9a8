import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSluice, num, type Sluice } from '@sluice/client';
import { contracts } from '@sluice/protocol';
import { adminName, adminPassword, type BootedApp, bootApp } from '../support/boot-app.ts';
import { type MachineOptions, MemoryMachine, type Ran } from './memory-machine.ts';

let app: BootedApp;
let instances: Sluice[];
const machine = new MemoryMachine();

const sluice = (argv: readonly string[], options: MachineOptions = {}): Promise<Ran> =>
  machine.run(argv, { realTime: true, ...options, env: { SLUICE_ENV: 'prod', ...options.env } });

/** Runs it and gives its output; anything but success fails the test with what it said. */
async function out(argv: readonly string[], options?: MachineOptions): Promise<string> {
  const ran = await sluice(argv, options);
  if (ran.code !== 0) throw new Error(`exit ${ran.code}: ${ran.err}`);
  return ran.out;
}

beforeAll(async () => {
  app = await bootApp({ environments: ['prod', 'dev'] });
  for (const name of ['shop', 'order-api']) await app.admin.call(contracts.createApp, { body: { name } });
  await out(['login', '--server', app.url, '--user', adminName, '--password-stdin'], {
    stdin: adminPassword,
  });
  await out(['set', 'order-api', 'order.timeoutMs=800', '--create', '-m', 'first']);
  const token = (await out(['token', 'create', '--app', 'order-api', '--name', 'processes'])).trim();
  instances = ['i-1', 'i-2'].map((instanceId) =>
    createSluice({ server: app.url, token, instanceId, cacheDir: false, logger: false }),
  );
  // The second one checks more strictly than the server does.
  instances[0]!.config('order', { timeoutMs: num(1) });
  instances[1]!.config('order', { timeoutMs: num(1, { max: 1000 }) });
  for (const each of instances) expect(await each.ready({ timeoutMs: 10_000 })).toBe('live');
});

afterAll(async () => {
  for (const each of instances ?? []) await each.close();
  await app?.close();
});

describe('configuration files of others', () => {
  // As such files really are: several documents, a byte order mark, Windows line ends, no line end at the end.
  const files = {
    'api-gateway.yml': '# gateway\nserver:\n  port: 8080\n\n---\nspring:\n  profiles: docker\n',
    'vets-service.yml': '\ufeffvets:\n  cache:\n    ttl: 60\n\n---\nid: #{app}:#{random.uuid}\n\n',
    'windows.yaml': 'a: 1\r\nb: "two"\r\n',
    'limits.json': '{\n\t"max": 1.50,\n\t"名称": "值"\n}',
    'app.properties': 'a.b = c \\\n  d\n',
    'motd.txt': 'Trailing spaces  \n\n\n',
  };

  it('come back byte for byte, from get and from export', async () => {
    mkdirSync(join(machine.home, 'conf'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(machine.home, 'conf', name), text);
    writeFileSync(join(machine.home, 'conf', 'LICENSE'), 'not a config');
    const dry = await sluice(['import', 'shop', 'conf', '--dry-run', '-o', 'json']);
    expect(dry.err).toContain('Left out, because the name says no format: conf/LICENSE');
    expect(JSON.parse(dry.out).namespaces).toHaveLength(6);
    expect(JSON.parse(await out(['export', 'shop', '-o', 'json'])).namespaces).toEqual([]);

    const done = await sluice(['import', 'shop', 'conf', '-m', 'from the old system', '--wait']);
    expect(done).toMatchObject({ code: 0, err: expect.stringContaining('Create 6 namespaces') });
    await out(['export', 'shop', '--dir', 'exported']);
    for (const [file, text] of Object.entries(files)) {
      const name = file.slice(0, file.lastIndexOf('.'));
      expect(await out(['get', 'shop', name])).toBe(text);
      const exported = file.replace('.yml', '.yaml');
      expect(readFileSync(join(machine.home, 'exported', exported), 'utf8')).toBe(text);
    }
    const again = await sluice(['import', 'shop', 'conf']);
    expect(again).toMatchObject({ code: 0, err: expect.stringContaining('everything is live already') });
  });

  it('go to another environment as one file, whole', async () => {
    for (const format of ['yaml', 'json']) {
      const file = `shop.${format}`;
      writeFileSync(join(machine.home, file), await out(['export', 'shop', '-o', format]));
      expect(await sluice(['diff', 'shop', '-f', file])).toMatchObject({ code: 0, err: 'No difference.\n' });
    }
    await out(['apply', '-f', 'shop.yaml', '--env', 'dev', '-m', 'promote']);
    const [prod, dev] = await Promise.all(
      ['prod', 'dev'].map(async (env) =>
        JSON.parse(await out(['export', 'shop', '-o', 'json', '--env', env])),
      ),
    );
    expect(dev.namespaces).toEqual(prod.namespaces);
  });

  it('that are broken are refused with the place, and nothing is kept', async () => {
    writeFileSync(join(machine.home, 'broken.yml'), 'a: 1\nb: [2\n');
    const ran = await sluice(['import', 'shop', 'broken.yml', 'conf/motd.txt']);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('[invalid_document') });
    expect((await sluice(['get', 'shop', 'broken'])).code).toBe(1);
  });
});

describe('a value in running processes', () => {
  it('is set, proven, read, explained and rolled back', async () => {
    const ran = await sluice(['set', 'order-api', 'order.timeoutMs=500', '-m', 'INC-12', '--wait']);
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.err).toContain(
      'Change order.timeoutMs 800 -> 500 on 2 instances of order-api in prod (global)\n',
    );
    expect(ran.err).toContain('Converged: 2 of 2 instances hold release 2 of order');
    expect(await out(['get', 'order-api', 'order.timeoutMs'])).toBe('500\n');
    expect(await out(['get', 'order-api', 'order.timeoutMs', '--instance', 'i-1'])).toBe('500\n');
    expect(await out(['get', 'order-api', 'order.timeoutMs', '--instance', 'i-1', '--why'])).toMatch(
      /global +\* +500 +2/,
    );
    expect(await out(['get', 'order-api', 'order.timeoutMs', '--distribution'])).toMatch(
      /500 +2\/2 +yes +i-1, i-2/,
    );
    expect(await out(['instances', 'ls', 'order-api'])).toMatch(/i-1 +online/);
    expect(await out(['instances', 'show', 'order-api', 'i-2'])).toMatch(/order +2 \([0-9a-f]{12}\) +=/);
    const back = await sluice(['rollback', 'order-api', 'order', '--wait', '-m', 'not that']);
    expect(back).toMatchObject({ code: 0, err: expect.stringContaining('Roll back to release 1') });
    expect(await out(['history', 'order-api', 'order'])).toMatch(/^3 +\d+ +rollback to 1 /m);
    expect(await out(['get', 'order-api', 'order.timeoutMs'])).toBe('800\n');
  });

  it('that a process refuses ends in 3, with who refused it and what is held', async () => {
    const ran = await sluice(['set', 'order-api', 'order.timeoutMs=5000', '--wait']);
    expect(ran.code).toBe(3);
    expect(ran.err).toContain('Partly applied: 1 of 2 instances');
    expect(ran.err).toMatch(/ {2}i-2: rejected \(/);
    expect(await out(['get', 'order-api', 'order.timeoutMs', '--instance', 'i-2'])).toBe('800\n');
    const id = /([0-9a-f-]{36})/.exec(ran.out)![1]!;
    expect((await sluice(['push', 'watch', id])).code).toBe(3);
    expect(await out(['push', 'show', 'order-api', id])).toMatch(/i-1 +applied/);
    await out(['rollback', 'order-api', 'order', '--wait']);
  });

  it('is not touched by a dry run', async () => {
    const before = await out(['history', 'order-api', 'order', '-o', 'json']);
    await out(['set', 'order-api', 'order.timeoutMs=1', 'order.new=2', '--dry-run']);
    await out(['set', 'order-api', 'fresh.a=1', '--create', '--dry-run']);
    await out(['rollback', 'order-api', 'order', '--dry-run']);
    expect(await out(['history', 'order-api', 'order', '-o', 'json'])).toBe(before);
    expect((await sluice(['get', 'order-api', 'fresh'])).code).toBe(1);
  });
});

describe('refusals', () => {
  it('a file that somebody else has overtaken is a conflict', async () => {
    const exported = await out(['export', 'order-api']);
    await app.admin.call(contracts.publish, {
      params: { env: 'prod', app: 'order-api', ns: 'order' },
      ifMatch: await etag(),
      body: { changes: { set: { timeoutMs: { type: 'number', value: 600 } } } },
    });
    writeFileSync(join(machine.home, 'mine.yaml'), exported.replace('value: 800', 'value: 700'));
    const ran = await sluice(['apply', '-f', 'mine.yaml']);
    expect(ran.code).toBe(5);
    expect(ran.err).toMatch(/order.timeoutMs +800 +700 +600 +<- both changed it/);
    expect(await out(['get', 'order-api', 'order.timeoutMs'])).toBe('600\n');
  });

  it('of exactly one of two writers from the same base, with all three versions', async () => {
    const both = await Promise.all(
      ['610', '620'].map((value) => sluice(['set', 'order-api', `order.timeoutMs=${value}`])),
    );
    const codes = both.map((ran) => ran.code).sort();
    // They may also have come one after the other; lost is none.
    expect([
      [0, 0],
      [0, 5],
    ]).toContainEqual(codes);
    const lost = both.find((ran) => ran.code === 5);
    if (lost) expect(lost.err).toMatch(/BASE +YOURS +LIVE NOW/);
  });

  it('a role that is not enough, a token that is none, and a revoked one are 4', async () => {
    const secret = (
      await out(['token', 'create', '--kind', 'api', '--role', 'viewer', '--name', 'ci'])
    ).trim();
    const env = { SLUICE_TOKEN: secret };
    expect((await sluice(['get', 'order-api', 'order'], { env })).code).toBe(0);
    const refused = await sluice(['set', 'order-api', 'order.timeoutMs=1'], { env });
    expect(refused).toMatchObject({ code: 4, err: expect.stringContaining('config:publish') });
    const chinese = await sluice(['set', 'order-api', 'order.timeoutMs=1', '--lang', 'zh'], { env });
    expect(chinese.err).toMatch(/错误：没有权限/);
    expect((await sluice(['whoami'], { env: { SLUICE_TOKEN: 'sla_nothing' } })).code).toBe(4);
    const { items } = await app.admin.call(contracts.listTokens);
    const { id } = items.find((t) => t.name === 'ci')!;
    await app.admin.attempt(contracts.revokeToken, { params: { token: id } });
    expect((await sluice(['whoami'], { env })).code).toBe(4);
  });

  it('doctor finds nothing wrong', async () => {
    const ran = await sluice(['doctor']);
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(ran.out).not.toMatch(/FAIL|warn/);
  });
});

async function etag(): Promise<string> {
  const params = { env: 'prod', app: 'order-api', ns: 'order' };
  return (await app.admin.call(contracts.getNamespace, { params })).etag;
}
