import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { roles } from '@sluice/protocol';
import { parse } from 'yaml';
import { Refused } from './fake-server.ts';
import { type OrderCommand, startOrderCommand } from './order-command.ts';

let order: OrderCommand;
let config: string;
beforeEach(async () => {
  order = await startOrderCommand();
  config = join(order.machine.home, '.config', 'sluice', 'config.yaml');
});
afterEach(() => order.fake.stop());

const token = {
  id: 't1',
  prefix: 'sla_t1',
  name: 'n',
  isOwn: true,
  kind: 'api' as const,
  environment: '*',
  app: '*',
  createdBy: 'li',
  createdAt: '2026-01-02T03:04:05.000Z',
};
const me = { id: 'u1', name: 'li', kind: 'user' as const };
const bare = { SLUICE_TOKEN: '', SLUICE_ENV: '' };

describe('login', () => {
  it('keeps a token from standard input, for the owner alone, and uses it from then on', async () => {
    const ran = await order.sluice(['login', '--token-stdin'], { stdin: 'sl_secret\n', env: bare });
    expect(ran).toMatchObject({ code: 0, out: '' });
    expect(parse(readFileSync(config, 'utf8'))).toEqual({ server: order.fake.url, token: 'sl_secret' });
    expect(statSync(config).mode & 0o777).toBe(0o600);
    await order.sluice(['whoami'], { env: bare });
    expect(order.fake.last('whoAmI').headers.authorization).toBe('Bearer sl_secret');
    chmodSync(config, 0o644);
    const shared = await order.sluice(['whoami'], { env: bare });
    expect(shared).toMatchObject({ code: 1, err: expect.stringContaining('chmod 600') });
  });

  it('keeps nothing when the token is not in force', async () => {
    order.fake.on('whoAmI', () => {
      throw new Refused({ status: 401, code: 'unauthenticated', message: 'No.' });
    });
    expect((await order.sluice(['login', '--token-stdin'], { stdin: 'x' })).code).toBe(4);
    expect(() => statSync(config)).toThrow('ENOENT');
  });

  it('signs in with a password, makes a token of 30 days, ends the session', async () => {
    order.fake
      .on('signIn', () => ({ ...me, grants: [{ role: 'publisher', environment: 'prod', app: '*' }] }))
      .on('createToken', () => ({ token, secret: 'sl_made' }))
      .on('signOut', () => undefined);
    const ran = await order.sluice(['login', '--user', 'li', '--password-stdin'], {
      stdin: 'correct horse\n',
      env: bare,
    });
    expect(ran.code).toBe(0);
    expect(order.fake.last('signIn').body).toEqual({ userName: 'li', password: 'correct horse' });
    const made = order.fake.last('createToken');
    // It acts for him, wherever he may do something.
    expect(made.body).toEqual({
      kind: 'api',
      name: expect.stringContaining('li on '),
      environment: '*',
      app: '*',
      expiresInDays: 30,
    });
    expect(made.headers).toMatchObject({
      cookie: 'sluice_session=s1',
      origin: order.fake.url,
      'x-sluice': '1',
    });
    expect(order.fake.last('signOut').headers.cookie).toBe('sluice_session=s1');
    expect(parse(readFileSync(config, 'utf8')).token).toBe('sl_made');
    expect(ran.out + ran.err).not.toMatch(/sl_made|correct horse/);
  });

  it('asks on a terminal', async () => {
    order.fake
      .on('signIn', () => ({ ...me, grants: [{ role: 'admin', environment: '*', app: '*' }] }))
      .on('createToken', () => ({ token, secret: 'sl_made' }))
      .on('signOut', () => undefined);
    const ran = await order.sluice(['login'], { answers: ['li', 'a password', 'viewer'], env: bare });
    expect(ran.code).toBe(0);
    expect(order.fake.last('createToken').body).toMatchObject({ role: 'viewer' });
    const pasted = await order.sluice(['login'], { answers: ['', 'sl_pasted'], env: bare });
    expect(pasted.code).toBe(0);
    expect(parse(readFileSync(config, 'utf8')).token).toBe('sl_pasted');
  });

  it('never asks where nobody can answer', async () => {
    const ran = await order.sluice(['login'], { env: bare });
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('--token-stdin') });
    expect(order.machine.asked).toEqual([]);
  });

  it('takes a role for where one has it, and says so when that is nowhere', async () => {
    order.fake
      .on('signIn', () => ({
        ...me,
        grants: [
          { role: 'viewer', environment: '*', app: '*' },
          { role: 'publisher', environment: 'prod', app: 'order-api' },
        ],
      }))
      .on('createToken', () => ({ token, secret: 'sl_made' }))
      .on('signOut', () => undefined);
    const login = (role: string) =>
      order.sluice(['login', '--user', 'li', '--password-stdin', '--role', role], { stdin: 'pw' });
    expect((await login('editor')).code).toBe(0);
    expect(order.fake.last('createToken').body).toMatchObject({
      role: 'editor',
      environment: 'prod',
      app: 'order-api',
    });
    const ran = await login('admin');
    expect(ran).toMatchObject({ code: 4, err: expect.stringContaining('li is admin nowhere') });
    expect(order.fake.last('signOut').headers.cookie).toBe('sluice_session=s1');
  });
});

describe('token create', () => {
  it('prints the secret alone', async () => {
    order.fake.on('createToken', () => ({
      token: { ...token, app: 'order-api', environment: 'prod' },
      secret: 'sl_new',
    }));
    const ran = await order.sluice(['token', 'create', '--app', 'order-api', '--name', 'ci']);
    expect(ran.out).toBe('sl_new\n');
    expect(ran.err).toContain('shown this once');
    expect(order.fake.last('createToken').body).toEqual({
      kind: 'client',
      name: 'ci',
      environment: 'prod',
      app: 'order-api',
    });
    await order.sluice(
      ['token', 'create', '--kind', 'api', '--role', 'viewer', '--name', 'ci', '--expires-in-days', '7'],
      { env: { SLUICE_ENV: '' } },
    );
    expect(order.fake.last('createToken').body).toEqual({
      kind: 'api',
      name: 'ci',
      environment: '*',
      app: '*',
      role: 'viewer',
      expiresInDays: 7,
    });
  });

  it.each(roles.map((role) => [role]))('knows the role %s', async (role) => {
    order.fake.on('createToken', () => ({ token, secret: 'sl_new' }));
    const ran = await order.sluice(['token', 'create', '--kind', 'api', '--role', role]);
    expect(ran.code).toBe(0);
  });
});

describe('doctor', () => {
  const setupState = () => ({ needed: false, insecureDev: false, version: '0.1.0' });

  it('says what is well', async () => {
    order.fake.on('setupState', setupState).on('readiness', () => ({ status: 'ok' }));
    const ran = await order.sluice(['doctor', '-o', 'json']);
    expect(ran.code).toBe(0);
    const findings = JSON.parse(ran.out) as { check: string; result: string }[];
    expect(findings.map((f) => [f.check, f.result])).toEqual([
      ['Node', 'ok'],
      ['config file', 'ok'],
      ['server', 'ok'],
      ['version', 'ok'],
      ['encryption', 'ok'],
      ['readiness', 'ok'],
      ['clock', 'ok'],
      ['token', 'ok'],
    ]);
  });

  it('says what fails, and exits 1', async () => {
    order.fake
      .on('setupState', setupState)
      .on('readiness', () => {
        throw new Refused({ status: 503, code: 'unavailable', message: 'No database.' });
      })
      .on('whoAmI', () => {
        throw new Refused({ status: 401, code: 'unauthenticated', message: 'No.' });
      });
    const ran = await order.sluice(['doctor']);
    expect(ran.code).toBe(1);
    expect(ran.out).toMatch(/FAIL +readiness +it takes no writes now \(status 503\)/);
    expect(ran.out).toMatch(/FAIL +token +the one from an environment variable is not in force here/);
    const gone = await order.sluice(['doctor', '--server', 'http://127.0.0.1:1']);
    expect(gone).toMatchObject({ code: 1, out: expect.stringMatching(/FAIL +server +Cannot reach/) });
  });

  it('finds a config file that others can read', async () => {
    await order.sluice(['login', '--token-stdin'], { stdin: 'x' });
    chmodSync(config, 0o604);
    expect((await order.sluice(['doctor'])).out).toMatch(/FAIL +config file +.* has mode 604/);
  });
});
