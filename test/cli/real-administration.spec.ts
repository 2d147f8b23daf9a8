import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { stringify } from 'yaml';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { type MachineOptions, MemoryMachine, type Ran } from './memory-machine.ts';

const password = 'a long enough secret';
let app: BootedApp;
const machine = new MemoryMachine();

const sluice = (argv: readonly string[], options: MachineOptions = {}): Promise<Ran> =>
  machine.run(argv, { realTime: true, ...options });

/** Its output; anything but success fails the test with what it said. */
async function out(argv: readonly string[], options?: MachineOptions): Promise<string> {
  const ran = await sluice(argv, options);
  if (ran.code !== 0) throw new Error(`exit ${ran.code}: ${ran.err}`);
  return ran.out;
}
const data = async (argv: readonly string[], options?: MachineOptions) =>
  JSON.parse(await out([...argv, '-o', 'json'], options));
const file = (name: string, text: string): string => {
  writeFileSync(join(machine.home, name), text);
  return name;
};

beforeAll(async () => {
  app = await bootApp({ setup: false });
});
afterAll(() => app?.close());

describe('a new server, all by the command line', () => {
  it('gets its first administrator and its environments, and is signed in to', async () => {
    const server = ['--server', app.url];
    expect((await sluice(['setup', ...server])).code).toBe(2);
    const argv = ['setup', ...server, '--user', 'root', '--password-stdin'];
    const tokenFile = ['--token-file', join(app.dataDir, 'setup-token')];
    const wrong = ['--token-file', file('no-token', 'x\n')];
    expect((await sluice([...argv, ...wrong], { stdin: password })).code).toBe(4);
    await out([...argv, ...tokenFile, '--environments', 'prod,dev'], { stdin: `${password}\n` });
    expect(await data(['whoami'])).toMatchObject({ kind: 'token', grants: [{ role: 'admin' }] });
    expect((await sluice([...argv, ...wrong], { stdin: password })).code).toBe(5);
  });

  it('gets environments, with what they ask for', async () => {
    expect(await out(['env', 'ls'])).toMatch(/dev +no +0/);
    expect(await data(['env', 'create', 'stage', '--approvals', '1'])).toMatchObject([
      { name: 'stage', protected: false, approvals: 1 },
    ]);
    expect(await out(['env', 'change', 'stage', '--protected', '--approvals', '0'])).toMatch(/stage +yes +0/);
    expect(await out(['env', 'change', 'stage', '--no-protected'])).toMatch(/stage +no/);
    expect((await sluice(['env', 'change', 'stage'])).code).toBe(2);
    expect((await sluice(['env', 'create', 'stage'])).code).toBe(5);
    expect((await sluice(['env', 'change', 'stag', '--protected'])).err).toContain('Did you mean "stage"?');
    expect((await sluice(['env', 'create', 'a', '--approvals', '11'])).code).toBe(2);
  });

  it('gets apps', async () => {
    await out(['app', 'create', 'shop', '--title', 'The shop']);
    expect(await out(['app', 'change', 'shop', '--owner', 'team-a'])).toMatch(/shop +The shop +team-a/);
    expect(await out(['app', 'ls', '--env', 'prod'])).toMatch(/shop +The shop +team-a +0 +0 +0 +0/);
    expect((await sluice(['app', 'change', 'shop'])).code).toBe(2);
    expect((await sluice(['app', 'change', 'shops', '--title', 'x'])).err).toContain('Did you mean "shop"?');
  });
});

describe('people', () => {
  it('are made, and get roles and lose them, place by place', async () => {
    await out(['user', 'create', 'eda', '--role', 'viewer', '--password-stdin'], { stdin: password });
    expect(await out(['user', 'ls'])).toMatch(/eda +viewer \*\/\* +may sign in +never/);
    const place = ['--env', 'prod', '--app', 'shop'];
    await out(['user', 'grant', 'eda', 'publisher', ...place]);
    // Twice is once.
    expect(await data(['user', 'grant', 'eda', 'publisher', ...place])).toMatchObject([
      {
        grants: [
          { role: 'viewer', environment: '*', app: '*' },
          { role: 'publisher', environment: 'prod', app: 'shop' },
        ],
      },
    ]);
    expect(await sluice(['user', 'revoke', 'eda', 'publisher'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('eda is not publisher in */*'),
    });
    expect(await out(['user', 'revoke', 'eda', 'viewer'])).toMatch(/eda +publisher prod\/shop/);
    expect(await out(['user', 'ls', '--env', 'dev'])).not.toContain('eda');
    expect((await sluice(['user', 'grant', 'edda', 'viewer'])).err).toContain('Did you mean "eda"?');
    expect((await sluice(['user', 'grant', 'eda', 'king'])).code).toBe(2);
    expect(await out(['user', 'roles'])).toMatch(/drillOperator +config:read/);
    expect(await out(['user', 'holders', 'config:publish', ...place])).toMatch(
      /eda +publisher\s+root +admin/,
    );
    expect((await sluice(['user', 'holders', 'config:all'])).code).toBe(2);
  });

  it('are told whom to ask for what they may not do', async () => {
    const eda = new MemoryMachine();
    const login = ['login', '--server', app.url, '--user', 'eda', '--password-stdin'];
    expect((await eda.run(login, { stdin: password, realTime: true })).code).toBe(0);
    const refused = await eda.run(['app', 'create', 'other']);
    expect(refused).toMatchObject({ code: 4, err: expect.stringContaining('What to do: Ask root.') });
    expect((await eda.run(['app', 'create', 'other', '--lang', 'zh'])).err).toContain('可联系 root。');
  });

  it('are seen, signed out, and kept out', async () => {
    const browser = await app.signIn('eda', password);
    expect(await out(['user', 'sessions', 'eda'])).toMatch(/eda +\S.* 127\.0\.0\.1/);
    expect((await sluice(['user', 'sign-out', 'eda'])).err).toContain('1 session(s) ended');
    expect((await browser.attempt(contracts.whoAmI)).status).toBe(401);
    expect(await out(['user', 'disable', 'eda'])).toContain('disabled');
    await expect(app.signIn('eda', password)).rejects.toThrow('401');
    await out(['user', 'enable', 'eda']);
    expect((await sluice(['user', 'disable', 'root'])).code).toBe(5);
  });

  it('get another password from an administrator, or give it themselves', async () => {
    const [second, third] = ['the second good secret', 'the third good secret'];
    const answers = [second, 'something else'];
    expect(await sluice(['user', 'password', 'eda'], { answers })).toMatchObject({
      code: 2,
      err: expect.stringContaining('not the same'),
    });
    await out(['user', 'password', 'eda'], { answers: [second, second] });
    const own = ['password', '--user', 'eda', '--password-stdin'];
    expect((await sluice(own, { stdin: `${password}\n${third}\n` })).code).toBe(4);
    expect((await sluice(own, { stdin: third })).code).toBe(2);
    await out(own, { stdin: `${second}\n${third}\n` });
    await out(['password'], { answers: ['eda', third, second, second] });
    await app.signIn('eda', second);
    expect((await sluice(['password'])).code).toBe(2);
  });
});

describe('a namespace', () => {
  const env = { SLUICE_ENV: 'prod' };

  it('is made empty, with a schema, and described', async () => {
    const schema = file('schema.json', '{"type":"object","properties":{"rate":{"type":"number"}}}');
    const made = await data(['namespace', 'create', 'shop', 'order', '--schema', schema], { env });
    expect(made).toMatchObject([{ name: 'order', kind: 'map', schema: { type: 'object' } }]);
    await out(['namespace', 'create', 'shop', 'motd', '--kind', 'document', '--format', 'text'], { env });
    expect((await sluice(['namespace', 'create', 'shop', 'x', '--kind', 'document'], { env })).code).toBe(2);
    expect((await sluice(['namespace', 'create', 'shop', 'order'], { env })).code).toBe(5);
    expect((await sluice(['set', 'shop', 'order.rate=fast', '--create'], { env })).err).toContain('rate');
    expect(
      await out(['namespace', 'change', 'shop', 'order', '--description', 'orders', '--no-schema'], { env }),
    ).toMatch(/order +map +- +- +- +orders/);
    await out(['set', 'shop', 'order.rate=fast', '--create'], { env });
    expect(await out(['namespace', 'ls', 'shop'], { env })).toMatch(/order +map +1 +- +- +orders/);
    expect((await sluice(['namespace', 'change', 'shop', 'order'], { env })).code).toBe(2);
    const bad = ['namespace', 'change', 'shop', 'order', '--schema', file('bad.json', '[]')];
    expect((await sluice(bad, { env })).code).toBe(2);
    expect(
      (await sluice(['namespace', 'change', 'shop', 'ordr', '--description', 'x'], { env })).err,
    ).toContain('Did you mean "order"?');
  });

  it('has a draft, which is looked at and thrown away', async () => {
    const exported = await out(['export', 'shop'], { env });
    const edited = file('shop.yaml', exported.replace('fast', 'slow'));
    expect((await sluice(['draft', 'show', 'shop', 'order'], { env })).err).toContain('You have no draft');
    expect(await out(['draft', 'save', 'shop', '-f', edited], { env })).toMatch(/order +\d+/);
    expect(await out(['draft', 'show', 'shop', 'order'], { env })).toMatch(/order\.rate +changed +\S+ +\S+/);
    // A draft is saved over the draft.
    await out(['draft', 'save', 'shop', '-f', edited], { env });
    expect(await out(['get', 'shop', 'order.rate'], { env })).toContain('fast');
    await out(['draft', 'discard', 'shop', 'order'], { env });
    expect((await sluice(['draft', 'discard', 'shop', 'order'], { env })).code).toBe(1);
  });

  it('is released from the draft, unless somebody was faster', async () => {
    const publish = ['draft', 'publish', 'shop', 'order', '-m', 'slow it is'];
    expect((await sluice(publish, { env })).code).toBe(1);
    const exported = await out(['export', 'shop'], { env });
    await out(['draft', 'save', 'shop', '-f', file('slow.yaml', exported.replace('fast', 'slow'))], { env });
    expect(await out([...publish, '--dry-run'], { env })).toContain('slow');
    expect(await out(['get', 'shop', 'order.rate'], { env })).toContain('fast');
    expect((await sluice(publish, { env })).err).toContain('fast -> slow');
    expect(await out(['get', 'shop', 'order.rate'], { env })).toContain('slow');
    expect(await out(['history', 'shop', 'order'], { env })).toContain('slow it is');
    expect((await sluice(['draft', 'show', 'shop', 'order'], { env })).err).toContain('You have no draft');

    await out(['draft', 'save', 'shop', '-f', file('mine.yaml', exported.replace('fast', 'mine'))], { env });
    await out(['set', 'shop', 'order.rate=theirs'], { env });
    const late = await sluice(publish, { env });
    expect(late.code).toBe(5);
    // The three versions stand below the refusal, and the draft is kept.
    expect(late.err).toMatch(/order\.rate.*slow.*mine.*theirs/);
    expect(await out(['draft', 'show', 'shop', 'order'], { env })).toContain('mine');
    await out(['draft', 'discard', 'shop', 'order'], { env });
  });

  it('is deleted by whoever says yes', async () => {
    const argv = ['namespace', 'delete', 'shop', 'order', '-m', 'gone'];
    expect((await sluice(argv, { env, answers: ['no'] })).code).toBe(1);
    expect((await sluice([...argv, '--yes'], { env })).err).toContain('order is deleted');
    expect(await out(['namespace', 'ls', 'shop'], { env })).not.toContain('order');
  });
});

describe('what changed', () => {
  const env = { SLUICE_ENV: 'prod' };

  it('is told with the command that takes each change back', async () => {
    await out(['set', 'shop', 'lamp.lit=1', '--create'], { env });
    await out(['set', 'shop', 'lamp.lit=2', '-m', 'INC-12'], { env });
    await out(['kill', '--freeze', '--app', 'shop', '--reason', 'hold still', '--yes'], { env });
    await out(['kill', '--undo', '--app', 'shop', '--reason', 'go on', '--yes'], { env });
    const told = await sluice(['incident', '--app', 'shop'], { env });
    expect(told.out).toMatch(
      /shop +kill switch: publishes frozen +root\S* .* +hold still +sluice kill --undo/,
    );
    const undo = /shop\/lamp +publish 2 .* INC-12 +(sluice rollback shop lamp --to 1 --env prod)/.exec(
      told.out,
    );
    expect(told.err).toContain('Nothing is known of calls');
    await out(undo![1]!.split(' ').slice(1));
    expect(await out(['get', 'shop', 'lamp.lit'], { env })).toContain('1');
    const { items } = await data(['incident', '--since', '10m'], { env });
    expect(items[0]).toMatchObject({ app: 'shop', marker: { kind: 'push', what: 'rollback' } });
    expect((await sluice(['incident', '--since', '2d'], { env })).code).toBe(1);
    expect((await sluice(['incident', '--since', 'noon'], { env })).code).toBe(2);
  });
});

describe('what is stored to be started later', () => {
  const env = { SLUICE_ENV: 'prod' };

  it('is a drill, too', async () => {
    const yaml = (title: string): string =>
      stringify({
        title,
        hypothesis: 'it holds',
        deadlineMs: 4000,
        faults: {
          failing: { resource: { match: 'exact', value: 'pay' }, share: 0.5, fault: 'error', message: 'no' },
        },
        targets: { by: 'count', count: 1 },
        steadyState: [{ metric: 'errorRatio', resource: 'pay', atMost: 0.1, windowS: 3 }],
        guards: [],
      });
    const id = (await out(['drill', 'save', 'shop', file('a.yaml', yaml('first'))], { env })).trim();
    await out(['drill', 'save', 'shop', file('b.yaml', yaml('second')), '--replaces', id.slice(0, 8)], {
      env,
    });
    expect(await out(['drill', 'ls', 'shop'], { env })).toMatch(/draft +second/);
    // There is no instance that it could be in.
    expect((await sluice(['drill', 'check', 'shop', id], { env })).code).toBe(5);
    expect((await sluice(['drill', 'start', 'shop', id], { env })).code).toBe(5);
    await out(['drill', 'delete', 'shop', id], { env });
    expect(await out(['drill', 'ls', 'shop'], { env })).not.toContain('second');
  });

  it('is a proposal, in whose place another one comes', async () => {
    await out(['set', 'shop', 'pay.fee=1', '--create'], { env });
    const proposed = await data(['set', 'shop', 'pay.fee=2', '--propose'], { env });
    const { id } = proposed.push;
    expect((await sluice(['set', 'shop', 'pay.fee=3', '--replaces', id], { env })).code).toBe(2);
    const changed = await data(['set', 'shop', 'pay.fee=3', '--propose', '--replaces', id.slice(0, 8)], {
      env,
    });
    expect(changed.push.id).toBe(id);
    await out(['push', 'start', 'shop', id, '--yes'], { env });
    expect(await out(['get', 'shop', 'pay.fee'], { env })).toContain('3');
  });

  it('is taken back by whoever rejects it', async () => {
    const { push } = await data(['set', 'shop', 'pay.fee=4', '--propose'], { env });
    await out(['push', 'abandon', 'shop', push.id, '-m', 'no', '--yes'], { env });
    const late = await sluice(['push', 'start', 'shop', push.id, '--yes'], { env });
    expect(late).toMatchObject({ code: 5, err: expect.stringContaining('is no proposal any more') });
  });
});
