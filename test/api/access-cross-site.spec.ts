import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { adminName, adminPassword, type BootedApp, bootApp } from '../support/boot-app.ts';

type Headers = Record<string, string>;

/** What the browser and our page send of themselves, and whether it may change anything. */
const json = 'application/json';
const cases: [string, (host: string) => Headers, number][] = [
  ['our page', () => ({ 'sec-fetch-site': 'same-origin', 'x-sluice': '1' }), 201],
  ['our page in an old browser', (host) => ({ origin: `http://${host}`, 'x-sluice': '1' }), 201],
  ['our page behind TLS', (host) => ({ origin: `https://${host}`, 'x-sluice': '1' }), 201],
  ['a page of ours without our header', () => ({ 'sec-fetch-site': 'same-origin' }), 403],
  ['another site', () => ({ 'sec-fetch-site': 'cross-site', 'x-sluice': '1' }), 403],
  ['a neighbouring host', () => ({ 'sec-fetch-site': 'same-site', 'x-sluice': '1' }), 403],
  ['a typed address', () => ({ 'sec-fetch-site': 'none', 'x-sluice': '1' }), 403],
  [
    'another site that fakes the Origin',
    (host) => ({ 'sec-fetch-site': 'cross-site', origin: `http://${host}`, 'x-sluice': '1' }),
    403,
  ],
  ['another origin', () => ({ origin: 'http://evil.example', 'x-sluice': '1' }), 403],
  ['another port', () => ({ origin: 'http://127.0.0.1:1', 'x-sluice': '1' }), 403],
  ['a sub-domain', (host) => ({ origin: `http://x.${host}`, 'x-sluice': '1' }), 403],
  ['a longer host', (host) => ({ origin: `http://${host}.evil.example`, 'x-sluice': '1' }), 403],
  ['a user part', (host) => ({ origin: `http://${host}@evil.example`, 'x-sluice': '1' }), 403],
  ['a null origin', () => ({ origin: 'null', 'x-sluice': '1' }), 403],
  ['no origin', () => ({ 'x-sluice': '1' }), 403],
  [
    'a form',
    (host) => ({ origin: `http://${host}`, 'content-type': 'application/x-www-form-urlencoded' }),
    415,
  ],
  [
    'JSON as text',
    (host) => ({ origin: `http://${host}`, 'x-sluice': '1', 'content-type': 'text/plain' }),
    415,
  ],
];

describe('a request that changes something', () => {
  let app: BootedApp;
  let users = 0;
  beforeAll(async () => {
    app = await bootApp();
  });
  afterAll(() => app.close());

  const post = (path: string, headers: Headers, body: unknown): Promise<{ status: number; code?: string }> =>
    new Promise((resolve, reject) => {
      const outgoing = request(app.url + path, {
        method: 'POST',
        headers: { 'content-type': json, ...headers },
      });
      outgoing.on('error', reject).on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode!, ...(JSON.parse(text) as object) }));
      });
      outgoing.end(JSON.stringify(body));
    });
  const newUser = () => ({ name: `user-${++users}`, password: 'a long enough secret', grants: [] });

  it.each(cases)('with a cookie, from %s', async (_, headersOf, expected) => {
    const cookie = app.admin.headers.cookie!;
    const answer = await post('/api/v1/users', { ...headersOf(new URL(app.url).host), cookie }, newUser());
    expect(answer.status).toBe(expected);
    if (expected === 403) expect(answer.code).toBe('cross_site');
  });

  it.each(cases)('as a sign-in, from %s', async (_, headersOf, expected) => {
    const body = { userName: adminName, password: adminPassword };
    const answer = await post('/api/v1/session', headersOf(new URL(app.url).host), body);
    expect(answer.status).toBe(expected);
  });

  it('needs none of it with a token, which no browser sends by itself', async () => {
    const { secret } = await app.admin.call(contracts.createToken, {
      body: { kind: 'api', name: 'script', environment: '*', app: '*', role: 'admin' },
    });
    const answer = await post('/api/v1/users', { authorization: `Bearer ${secret}` }, newUser());
    expect(answer.status).toBe(201);
  });

  it('does not fall back to the cookie when the token is wrong', async () => {
    const both = { ...app.admin.headers, 'x-sluice': '1', authorization: 'Bearer sla_nonsense' };
    expect(await post('/api/v1/users', both, newUser())).toMatchObject({ status: 401 });
  });

  it('leaves reading alone', async () => {
    const response = await fetch(`${app.url}/api/v1/me`, {
      headers: { cookie: app.admin.headers.cookie!, 'sec-fetch-site': 'cross-site' },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});
