import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { allContracts, type Contract, contracts } from '@sluice/protocol';
import { ConfigDesk } from '../support/config-desk.ts';
import { HttpCaller } from '../support/http-caller.ts';
import { changedPassword } from './bad-input/sound-access.ts';
import { World } from './bad-input/world.ts';

let world: World;
beforeAll(async () => {
  world = await World.begin();
});
afterAll(() => world?.end());

const wellAfter = async (): Promise<void> => {
  expect((await world.server.anonymous.attempt(contracts.health)).status).toBe(200);
};

describe('bytes that are not HTTP as it should be', () => {
  const post = 'POST /api/v1/apps HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['a NUL in the address', 'GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
    ['two lengths', `${post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, 400],
    ['a length and chunks', `${post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`, 400],
    ['a length that is none', `${post}Content-Length: -1\r\n\r\n`, 400],
    ['a chunk beyond 64 bits', `${post}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}`, 400],
    ['a folded header', 'GET /healthz HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n', 400],
    ['an address of 64 KB', `GET /${'a'.repeat(65_536)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ['a cookie of 16 KB', `GET /healthz HTTP/1.1\r\nHost: x\r\nCookie: a=${'b'.repeat(16_384)}\r\n\r\n`, 431],
    [
      'a token of 100 KB',
      `GET /healthz HTTP/1.1\r\nHost: x\r\nAuthorization: ${'b'.repeat(102_400)}\r\n\r\n`,
      431,
    ],
  ])('%s: answered in the words of every refusal, and closed', async (_, bytes, status) => {
    const before = await world.everything();
    const answer = await world.raw.bytes(bytes);
    expect(answer.split('\r\n')[0]).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    const text = answer.slice(answer.indexOf('\r\n\r\n') + 4);
    // Node answers by itself where a request is whole but for its host.
    if (answer.includes('application/json'))
      expect(JSON.parse(text)).toEqual({
        code: status === 431 ? 'too_large' : expect.any(String),
        message: expect.any(String),
        requestId: expect.any(String),
        help: expect.stringContaining('/api/docs#'),
      });
    expect(await world.everything()).toBe(before);
    await wellAfter();
  });
});

describe('schemas and contents that are valid and a trap', () => {
  const ofSchema = async (name: string, schema: object, value: unknown): Promise<number[]> => {
    const desk = new ConfigDesk(world.server.admin, 'prod', 'orders');
    const made = await desk.caller.attempt(contracts.createNamespace, {
      params: { env: 'prod', app: 'orders' },
      body: { name, kind: 'map', schema: schema as never },
    });
    const content = { kind: 'map', items: { a: { type: 'json', value } } } as never;
    const published = await desk.tryPublish(name, { content, message: '' }, '"0"');
    return [made.status, published.status];
  };

  it.each([
    ['one that is only itself', { $ref: '#' }],
    [
      'two that are each other',
      { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } },
    ],
    ['one that is fetched from elsewhere', { $ref: 'http://169.254.169.254/latest' }],
    ['one of a file', { $ref: 'file:///etc/passwd' }],
    ['one that points nowhere', { $ref: '#/$defs/none' }],
    ['a pattern that explodes', { properties: { a: { pattern: '^(a+)+$' } } }],
    ['a pattern that is none', { properties: { a: { pattern: '((' } } }],
    ['a keyword of the checker', { $async: true }],
    [
      'special names',
      JSON.parse('{"properties":{"__proto__":{"type":"string"},"constructor":{}},"required":["__proto__"]}'),
    ],
    ['a dynamic one that is only itself', { $dynamicAnchor: 'x', $dynamicRef: '#x' }],
    ['one that says how it becomes JSON', { toJSON: 'x' }],
  ])('%s', async (name, schema) => {
    for (const status of await ofSchema(name.replaceAll(' ', '-'), schema, `${'a'.repeat(40)}!`))
      expect([201, 400, 404, 409, 412, 413, 422]).toContain(status);
    await wellAfter();
  });

  it('an import of bad items by the hundred thousand is refused in time', async () => {
    const items = Object.fromEntries(Array.from({ length: 9_900 }, (_, n) => [`k${n}`, 1]));
    const content = { kind: 'map', items };
    const namespaces = Array.from({ length: 150 }, (_, n) => ({ name: `n${n}`, kind: 'map', content }));
    const { method, path, headers } = world.sound(contracts.importApp as never);
    const before = process.memoryUsage.rss();
    const answer = await world.raw.send({ method, path, headers, body: JSON.stringify({ namespaces }) });
    expect(answer.status).toBe(422);
    expect(process.memoryUsage.rss() - before).toBeLessThan(600 * 1024 * 1024);
  });
});

describe('the requests that the tables of bad input spoil', () => {
  /** In an order in which each finds what it needs. */
  const last = ['deleteWebhook', 'deleteNamespace', 'changeUser', 'changeOwnPassword', 'signOut'];
  const order = [
    ...allContracts.filter((c) => c.access === 'client'),
    ...allContracts.filter((c) => c.access !== 'client' && !last.includes(c.id)),
    ...last.map((id) => allContracts.find((c) => c.id === id)!),
  ];

  /** Nothing is wrong with them, and what is there by then is not what they are about: that is said, and no more. */
  const overtaken: Readonly<Record<string, string>> = {
    setup: 'wrong_state',
    revealItem: 'not_found',
    previewPush: 'base_moved',
    startPush: 'base_moved',
    proposePush: 'base_moved',
    rollbackPush: 'base_moved',
    changeProposal: 'wrong_state',
    approvePush: 'wrong_state',
    startProposedPush: 'wrong_state',
    advancePush: 'wrong_state',
    pausePush: 'wrong_state',
    resumePush: 'wrong_state',
    promotePush: 'wrong_state',
    abandonPush: 'wrong_state',
    previewPushAct: 'wrong_state',
    importApp: 'base_moved',
    deleteNamespace: 'frozen',
    changeDrill: 'wrong_state',
    deleteDrill: 'wrong_state',
    checkDrill: 'wrong_state',
    startDrill: 'wrong_state',
    abortDrill: 'wrong_state',
    endOwnSession: 'not_found',
    // Only the server of the demo has one.
    getStory: 'not_found',
    playStory: 'not_found',
    stopStory: 'not_found',
  };

  it('are each understood and carried out when they are not spoilt', async () => {
    let signedIn = new HttpCaller(world.server.url, world.server.admin.headers);
    const params = { env: 'prod', app: 'orders', ns: 'limits' };
    const answers: Record<string, number | string | undefined> = {};
    for (const contract of order as readonly Contract[]) {
      const sound = world.soundInput(contract);
      const { etag } = await world.server
        .bearer(world.adminToken)
        .call(contracts.getNamespace, { params })
        .catch(() => ({ etag: '"0"' }));
      // Another password ended the session of the one before.
      if (contract.id === 'signOut') signedIn = await world.server.signIn('admin', changedPassword);
      const { anonymous } = world.server;
      const client = world.server.bearer(world.clientToken);
      // Signing in again ends the session that one came with.
      const caller =
        contract.access === 'client' ? client : contract.access === 'public' ? anonymous : signedIn;
      const input = { ...sound, ...(contract.ifMatch === 'required' && { ifMatch: etag }) };
      const { status, body } = await caller.attempt(contract, input);
      answers[contract.id] = status >= 400 ? (body as { code?: string }).code : status;
    }
    const expected = Object.fromEntries(order.map((c) => [c.id, c.status]));
    expect(answers).toEqual({ ...expected, ...overtaken });
  });
});
