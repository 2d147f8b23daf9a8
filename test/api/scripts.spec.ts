import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Content, Json } from '@sluice/core';
import { type BodyInputOf, type Contracts, contracts } from '@sluice/protocol';
import { RELEASE_DESK, SCRIPT_HOST_OPTIONS, ScriptDesk } from '../../apps/server/src/scripts/script-desk.ts';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { type Answer, HttpCaller } from '../support/http-caller.ts';
import { LeanClient } from '../support/lean-client.ts';
import { until } from '../support/until.ts';

let server: BootedApp;
let desk: ConfigDesk;
const params = { env: 'prod', app: 'orders' };

beforeAll(async () => {
  server = await bootApp();
  await server.admin.call(contracts.createApp, { body: { name: 'orders', title: '', owner: '' } });
  desk = new ConfigDesk(server.admin, 'prod', 'orders');
});
afterAll(() => server?.close());

type Check = BodyInputOf<Contracts['checkScript']>;
type Try = BodyInputOf<Contracts['tryScript']>;
const check = (body: Check): Promise<Answer> => server.admin.attempt(contracts.checkScript, { params, body });
const run = (body: Partial<Try> & Pick<Try, 'source'>) =>
  server.admin.call(contracts.tryScript, { params, body: { role: 'decide', ...body } });
const attempt = (body: Partial<Try> & Pick<Try, 'source'>): Promise<Answer> =>
  server.admin.attempt(contracts.tryScript, { params, body: { role: 'decide', cases: [{}], ...body } });
const decide = (body: string): string => `function decide(call) { ${body} }`;
const passes = decide('return "pass"');

describe('checking a script', () => {
  it('starts no process before somebody asks', async () => {
    expect(server.app.get(ScriptDesk).pids).toEqual([]);
    expect((await check({ role: 'decide', source: passes })).status).toBe(200);
    await until('a process', async () => server.app.get(ScriptDesk).pids.length === 1);
  });

  it('tells its size and the inputs that it declares for nothing', async () => {
    const source = 'function decide(call) { return call["header:x-tier"] === "é" ? "pass" : "block" }';
    const { body } = await check({ role: 'decide', source, inputs: ['header:x-tier', 'user'] });
    expect(body).toEqual({
      sizeBytes: Buffer.byteLength(source),
      limitBytes: 65_536,
      unusedInputs: ['user'],
    });
  });

  it.each([
    ['what does not compile', 'decide', 'function decide() {\n  return {;\n}', 2, 11],
    ['what throws at once', 'decide', 'const a = 1;\nnull.x;\nfunction decide() {}', 2, undefined],
    ['what has another function', 'policy', passes, undefined, undefined],
    ['what does not end', 'decide', `for(;;);\n${passes}`, undefined, undefined],
    ['what fills the memory', 'decide', `Array(1e9).fill(0);\n${passes}`, undefined, undefined],
  ] as const)('refuses %s, with its place', async (_, role, source, line, column) => {
    const { status, body } = await check({ role, source });
    expect(status).toBe(422);
    expect(body).toMatchObject({
      code: 'invalid',
      details: { faults: [{ path: 'source', problem: 'script' }] },
    });
    const { details } = body as { details: { line?: number; column?: number } };
    expect(details.line).toBe(line);
    if (column !== undefined) expect(details.column).toBe(column);
  });

  it.each([
    ['an input that nobody knows', { inputs: ['header:X-Tier', 'process'] }, 'inputs.0'],
    ['65 KiB', { source: `${passes}//${'x'.repeat(65 * 1024)}` }, 'source'],
    ['no source', { source: '' }, 'source'],
    ['another role', { role: 'decider' as 'decide' }, 'role'],
  ])('refuses %s at its field', async (_, wrong, path) => {
    const { status, body } = await check({ role: 'decide', source: passes, ...wrong });
    expect(status).toBe(422);
    const { details } = body as { details: { faults: { path: string }[] } };
    expect(details.faults.map((fault) => fault.path)).toContain(path);
  });

  it('tells in Chinese too', async () => {
    const reader = new HttpCaller(server.url, { ...server.admin.headers, 'accept-language': 'zh' });
    const body: Check = { role: 'decide', source: 'function decide( {}' };
    const answer = await reader.attempt(contracts.checkScript, { params, body });
    expect((answer.body as { message: string }).message).toContain('无法运行');
  });
});

describe('trying a script', () => {
  it('depends on nothing but what it is given', async () => {
    const source =
      'function decide(call) { return call.random < 0.3 ? { block: true, reason: call.user + " " + new Date(call.now).getHours() } : "pass" }';
    const cases: Try['cases'] = [
      { values: { user: 'ann', ip: '10.0.0.1' }, now: '2026-01-01T05:00:00Z', random: 0.1 },
      { values: { user: 'bob' }, now: '2026-01-01T05:00:00Z', random: 0.9 },
    ];
    const [one, again] = [
      await run({ source, inputs: ['user'], cases }),
      await run({ source, inputs: ['user'], cases }),
    ];
    const results = one.items.map(({ ms, ...rest }) => rest);
    expect(results).toEqual([
      {
        result: { pass: false, reason: 'ann 5' },
        values: { user: 'ann' }, // it doesn't see what it doesn't declare
        now: '2026-01-01T05:00:00.000Z',
        random: 0.1,
      },
      {
        result: { pass: true },
        values: { user: 'bob' },
        now: '2026-01-01T05:00:00.000Z',
        random: 0.9,
      },
    ]);
    expect(again.items.map(({ ms, ...rest }) => rest)).toEqual(results);
    expect(one).toMatchObject({ differing: 0, leftOut: 0 });
    for (const { ms } of one.items) expect(ms).toBeGreaterThan(0);
  });

  it('says of each role what it answered', async () => {
    const policy = 'function policy(stats) { return { orders: { limit: stats["stat.qps"] * 2 } } }';
    const limited = await run({
      role: 'policy',
      source: policy,
      inputs: ['stat.qps'],
      cases: [{ values: { 'stat.qps': 21 } }],
    });
    expect(limited.items[0]?.result).toEqual({ orders: { limit: 42 } });
    const fallback = 'function fallback(call, error) { return { because: error.message, of: [call.user] } }';
    const answered = await run({
      role: 'fallback',
      source: fallback,
      inputs: ['user'],
      cases: [{ values: { user: 'ann' }, error: { message: 'down' } }],
    });
    expect(answered.items[0]?.result).toEqual({ because: 'down', of: ['ann'] });
  });

  it('says which input of several fails, why and where, and goes on', async () => {
    const source =
      'function decide(call) {\n  if (call.user === "eve") throw new Error("no eve");\n  if (call.user === "mad") for(;;);\n  return call.user === "odd" ? 5 : "pass";\n}';
    const cases = ['ann', 'eve', 'mad', 'odd', 'bob'].map((user) => ({ values: { user } }));
    const { items } = await run({ source, inputs: ['user'], cases, timeoutMs: 50 });
    expect(items.map(({ result, failure }) => failure?.code ?? result)).toEqual([
      { pass: true },
      'threw',
      expect.stringMatching(/^(timeout|killed)$/),
      'bad_result',
      { pass: true },
    ]);
    expect(items[1]?.failure).toMatchObject({ line: 2 });
    const { en, zh } = items[1]!.failure!.text;
    expect(en).toContain('no eve');
    expect(zh).toContain('脚本抛出错误');
    // Whoever shows the words shows line and column beside them.
    expect(en + zh).not.toMatch(/line|行/);
  });

  it('shows where another source answers differently', async () => {
    const [was, is] = [20, 30].map(
      (most) => `function decide(call) { return call["stat.qps"] > ${most} ? "block" : "pass" }`,
    ) as [string, string];
    const { items, differing } = await run({
      source: is,
      compareWith: was,
      inputs: ['stat.qps'],
      cases: [10, 25, 40].map((qps) => ({ values: { 'stat.qps': qps } })),
    });
    expect(differing).toBe(1);
    expect(items.map(({ result, other, differs }) => [result, other?.result, differs])).toEqual([
      [{ pass: true }, { pass: true }, false],
      [{ pass: true }, { pass: false }, true],
      [{ pass: false }, { pass: false }, false],
    ]);
  });

  it('runs on recorded calls, the newest first, beside what is live', async () => {
    const { secret } = await server.admin.call(contracts.createToken, {
      body: { kind: 'client', name: 'processes', environment: 'prod', app: 'orders' },
    });
    const instance = new LeanClient(server.url, secret, 'orders-1');
    await instance.connect();
    const call = (user: string, agoMs: number, resource = 'GET /orders') => ({
      agoMs,
      resource,
      type: 'web' as const,
      inputs: { user, ip: '10.0.0.1' },
      verdict: 'pass' as const,
      rules: [],
    });
    instance.report({ calls: [call('ann', 3000), call('bob', 2000, 'GET /other'), call('eve', 1000)] });
    const source = decide('return call.user === "eve" ? "block" : "pass"');
    const tried = await until('the recorded calls', async () => {
      const answer = await run({
        source,
        compareWith: passes,
        inputs: ['user'],
        recorded: { resource: 'GET /orders', last: 10 },
      });
      return answer.items.length === 2 && answer;
    });
    expect(tried.differing).toBe(1);
    expect(tried.items).toMatchObject([
      {
        values: { user: 'eve' },
        result: { pass: false },
        other: { result: { pass: true } },
        differs: true,
        call: { resource: 'GET /orders', type: 'web', instanceId: 'orders-1', verdict: 'pass' },
      },
      { values: { user: 'ann' }, result: { pass: true }, differs: false },
    ]);
    expect(Date.parse(tried.items[1]!.now)).toBeLessThan(Date.parse(tried.items[0]!.now));
    const one = await run({ source, inputs: ['user'], recorded: { last: 1 } });
    expect(one.items.map(({ values }) => values)).toEqual([{ user: 'eve' }]);
    instance.close();
  });

  it.each([
    ['source', { source: 'function decide( {}' }],
    ['compareWith', { source: passes, compareWith: 'function decide( {}' }],
    ['cases', { source: passes, cases: [] }],
    ['cases.0.random', { source: passes, cases: [{ random: 1.5 }] }],
    ['cases.0.now', { source: passes, cases: [{ now: 'tomorrow' }] }],
  ])('refuses a wrong %s', async (path, body) => {
    const answer = await attempt(body);
    expect(answer.status).toBe(422);
    const { details } = answer.body as { details: { faults: { path: string }[] } };
    expect(details.faults.map((fault) => fault.path)).toContain(path);
  });

  it('holds nobody up: hostile scripts of several people at once, and the server answers', async () => {
    const hostile = ['throw { get message() { for(;;); } }', 'return Array(1e9).fill(0)', 'for(;;);'];
    const tries = hostile.map((body) => attempt({ source: `function decide() { ${body} }`, timeoutMs: 200 }));
    expect((await server.anonymous.attempt(contracts.health)).status).toBe(200);
    for (const answer of await Promise.all(tries)) {
      expect(answer.status).toBe(200);
      expect((answer.body as { items: { failure?: object }[] }).items[0]?.failure).toBeDefined();
    }
    expect((await check({ role: 'decide', source: passes })).status).toBe(200);
  });

  it('is for those who may edit there, and there only', async () => {
    const answer = await server.admin.attempt(contracts.checkScript, {
      params: { env: 'prod', app: 'nowhere' },
      body: { role: 'decide', source: passes },
    });
    expect(answer.status).toBe(404);
    expect(
      (
        await server.anonymous.attempt(contracts.tryScript, {
          params,
          body: { role: 'decide', source: passes, cases: [{}] },
        })
      ).status,
    ).toBe(401);
  });
});

describe('releasing scripts', () => {
  const rules = (source: string): Content => ({
    kind: 'rules',
    items: {
      tier: {
        kind: 'script',
        role: 'decide',
        resource: { match: 'exact', value: 'GET /orders' },
        mode: 'monitor',
        source,
      } as unknown as Json,
    },
  });

  it('refuses those that do not run, at their field, and keeps what is live', async () => {
    await desk.create('guard', { kind: 'rules' });
    await desk.release('guard', rules(passes));
    const before = await desk.get('guard');
    const publish = (content: Content) => desk.tryPublish('guard', { content, message: '' }, before.etag);
    const bad = await publish(rules('function decide() {\n  return {;\n}'));
    expect(bad.status).toBe(422);
    expect(bad.body).toMatchObject({
      code: 'invalid',
      details: { faults: [{ path: 'content.items.tier.source', problem: 'script' }] },
    });
    expect((bad.body as { message: string }).message).toContain('line 2, column 11');
    const large = await publish(rules(`${passes}//${'x'.repeat(65 * 1024)}`));
    expect(large.status).toBe(422);
    const { details } = large.body as { details: { faults: { path: string }[] } };
    expect(details.faults[0]?.path).toBe('content.items.tier.source');
    expect(await desk.get('guard')).toEqual(before);
  });

  it('waits for nobody who tries scripts, and refuses all the same', async () => {
    const desks = [ScriptDesk, RELEASE_DESK].map((token) => server.app.get<ScriptDesk>(token)) as [
      ScriptDesk,
      ScriptDesk,
    ];
    await desk.create('beside', { kind: 'rules' });
    const { etag } = await desk.get('beside');
    // Nothing that is asked of this host behind it is answered while the test runs.
    let runs = false;
    const held = desks[0].use(async (host) => {
      const source = { entry: 'decide', source: decide('for(;;);'), timeoutMs: 60_000 } as const;
      const version = host.acquire('endless', source);
      await host.compiled(version);
      setImmediate(() => setImmediate(() => (runs = true)));
      return host.ask(version, '[{},null]');
    });
    await until('that it runs', async () => runs);
    const content = rules('function decide( {');
    const bad = await desk.tryPublish('beside', { content, message: '' }, etag);
    expect(bad.status).toBe(422);
    expect(desks[1].pids).not.toEqual(desks[0].pids);
    desks[0].stop();
    expect(await held).toMatchObject({ failure: { code: 'closed' } });
  });

  it('refuses them in a push to some instances, before anybody is sent anything', async () => {
    const { revision } = await desk.get('guard');
    const push = await server.admin.attempt(contracts.previewPush, {
      params,
      body: {
        changes: [{ namespace: 'guard', base: revision, content: rules('for') }],
        target: { mode: 'single', instanceId: 'orders-1' },
      },
    });
    expect(push.status).toBe(422);
    expect(push.body).toMatchObject({
      details: { faults: [{ path: 'changes.0.content.items.tier.source', problem: 'script' }] },
    });
  });

  it('refuses them in files too, and lets a draft be half written', async () => {
    const file = {
      name: 'more',
      kind: 'rules' as const,
      description: '',
      schema: null,
      content: rules('for'),
    };
    const answer = await server.admin.attempt(contracts.importApp, {
      params,
      body: { namespaces: [file], message: 'm' },
    });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      details: { faults: [{ path: 'namespaces.0.content.items.tier.source' }] },
    });
    const { etag } = await desk.get('guard');
    const draft = await server.admin.attempt(contracts.saveDraft, {
      params: desk.at('guard'),
      body: { content: rules('function decide( {') },
      ifMatch: etag,
    });
    expect(draft.status).toBe(200);
    const published = await server.admin.attempt(contracts.publish, {
      params: desk.at('guard'),
      body: { draft: true, message: 'm' },
      ifMatch: etag,
    });
    expect(published.body).toMatchObject({ details: { faults: [{ path: 'draft.items.tier.source' }] } });
  });
});

describe('a server that can run no scripts', () => {
  it('says so, and releases them unchecked', async () => {
    const other = await bootApp();
    try {
      const options = other.app.get<{ place?: object }>(SCRIPT_HOST_OPTIONS);
      options.place = { isolatedVm: null };
      await other.admin.call(contracts.createApp, { body: { name: 'orders', title: '', owner: '' } });
      const answer = await other.admin.attempt(contracts.checkScript, {
        params,
        body: { role: 'decide', source: passes },
      });
      expect(answer.status).toBe(503);
      expect(answer.body).toMatchObject({ code: 'scripts_unavailable' });
      expect((answer.body as { message: string }).message).toContain('isolated-vm is not installed');
      const place = new ConfigDesk(other.admin, 'prod', 'orders');
      await place.create('guard', { kind: 'rules' });
      const item = { kind: 'script', role: 'decide', resource: { match: 'exact', value: 'a' }, mode: 'off' };
      const content = { kind: 'rules', items: { a: { ...item, source: 'function decide( {' } } } as Content;
      expect(await place.release('guard', content)).toMatchObject({ release: { number: 1 } });
    } finally {
      await other.close();
    }
  });
});
