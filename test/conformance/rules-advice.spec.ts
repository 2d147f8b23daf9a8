import { expect, it } from '@jest/globals';
import { type Rule, seededDraw } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import type { Leases, RecordedCall } from '@sluice/protocol/client';
import type { BootedApp } from '../support/boot-app.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { onEachDatabase } from '../support/each-database.ts';
import { LeanClient } from '../support/lean-client.ts';
import { until } from '../support/until.ts';

const params = { env: 'prod', app: 'orders' };
const bucket = (limit: number, more: object = {}): Rule =>
  ({
    kind: 'limit',
    algorithm: 'tokenBucket',
    limit,
    intervalMs: 1000,
    resource: { match: 'exact', value: 'pay' },
    mode: 'monitor',
    ...more,
  }) as Rule;

async function begin(server: BootedApp, rules: Record<string, Rule>): Promise<LeanClient> {
  await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
  const desk = new ConfigDesk(server.admin, 'prod', 'orders');
  await desk.create('guard', { kind: 'rules' });
  await desk.release('guard', { kind: 'rules', items: rules as never });
  const body = { kind: 'client', name: 'c', environment: 'prod', app: 'orders' } as const;
  const client = new LeanClient(
    server.url,
    (await server.admin.call(contracts.createToken, { body })).secret,
    'a',
  );
  await client.connect();
  return client;
}

/** Four seconds of 50 calls a second, recorded whole, as a limit of 100 in monitor mode saw them. */
function recording(): RecordedCall[] {
  const draw = seededDraw(9);
  return Array.from({ length: 200 }, (_, i) => ({
    agoMs: 4000 - i * 20,
    atMs: 1000 + i * 20,
    resource: 'pay',
    type: 'rpc',
    inputs: { origin: draw() < 0.5 ? 'shop' : 'crawler' },
    verdict: 'pass',
    outcome: 'success',
    durationMs: 5,
    rules: [],
  }));
}

const pay = (passed: number) => ({
  resource: 'pay',
  type: 'rpc' as const,
  passed,
  blocked: {},
  wouldBlock: 0,
  success: passed,
  errors: 0,
  degraded: 0,
  injected: 0,
  active: 0,
  latency: [[50, passed]] as [number, number][],
  rules: [],
});

async function recorded(server: BootedApp, client: LeanClient, calls: RecordedCall[], of = calls.length) {
  client.report({ seconds: [{ agoMs: 0, resources: [pay(of)] }], calls });
  await until('the calls are recorded', async () => {
    const body = { ref: 'guard/all' };
    return (
      (await server.admin.call(contracts.predictRule, { params, body })).recording.calls === calls.length
    );
  });
}

onEachDatabase('advice about rules', (boot) => {
  it('shows recorded inputs to who may edit, and to others what live limits count by', async () => {
    const server = await boot();
    const byOrigin = bucket(1, { per: { by: 'origin', overrides: { shop: 9 } } });
    const client = await begin(server, { all: bucket(100), byOrigin });
    const inputs = { origin: 'shop', 'args[0].card': '4111' };
    await recorded(
      server,
      client,
      recording().map((call) => ({ ...call, inputs })),
    );
    const as = async (role: 'viewer' | 'editor') => {
      const body = { kind: 'api', name: role, role, environment: 'prod', app: 'orders' } as const;
      const caller = server.bearer((await server.admin.call(contracts.createToken, { body })).secret);
      return async (rule: Rule) => {
        const { byKey, warnings } = await caller.call(contracts.predictRule, { params, body: { rule } });
        return { values: byKey.map(({ value }) => value), warned: warnings.map(({ en }) => en).join() };
      };
    };
    const card = bucket(1, { per: { by: 'argument', index: 0, path: 'card' } });
    const [viewer, editor] = [await as('viewer'), await as('editor')];
    expect((await editor(card)).values).toEqual(['4111']);
    expect(await viewer(card)).toEqual({ values: [], warned: expect.stringContaining('config:edit') });
    const sharper = bucket(5, { per: { by: 'origin' } });
    expect(await viewer(sharper)).toEqual({
      values: ['shop'],
      warned: expect.not.stringContaining('config:edit'),
    });
    client.close();
  });

  it('lints drafts among live rules, against the names that calls come through', async () => {
    const server = await boot();
    const client = await begin(server, { all: bucket(100, { mode: 'intercept' }) });
    const lint = async (body: object): Promise<string[]> =>
      (await server.admin.call(contracts.lintRules, { params, body })).items.map(
        ({ rule, code, field }) => `${rule} ${code} ${field}`,
      );
    expect(await lint({})).toEqual([]);
    client.report({ seconds: [{ agoMs: 0, resources: [pay(1)] }] });
    await until('the resource is known', async () => {
      const { items } = await server.admin.call(contracts.listResources, { params });
      return items.length === 1;
    });
    const rules = {
      loose: bucket(500, { mode: 'intercept' }),
      typo: bucket(5, { resource: { match: 'exact', value: 'pai' } }),
      ratio: { ...bucket(1), kind: 'breaker', strategy: 'errorRatio', threshold: 50 },
      none: bucket(0),
      nonsense: 7,
      unsendable: { ...bucket(1), onBlock: { answer: 'http', status: 204, body: 'x' } },
    };
    const found = await lint({ namespace: 'extra', rules });
    expect(found).toEqual(
      expect.arrayContaining([
        'extra/loose shadowed ',
        'extra/typo noResource resource.value',
        'extra/ratio ratioAboveOne threshold',
        'extra/none zeroLimit limit',
        'extra/unsendable invalid onBlock.body',
      ]),
    );
    expect(found.some((text) => text.startsWith('extra/nonsense invalid'))).toBe(true);
    client.close();
  });

  it('takes rules of several namespaces, in the place of what is live in each', async () => {
    const server = await boot();
    const client = await begin(server, { all: bucket(100, { mode: 'intercept' }), gone: bucket(7) });
    const twice = bucket(7, { mode: 'intercept' });
    const rules = {
      'guard/all': bucket(100, { mode: 'intercept' }),
      'extra/one': twice,
      'more/one': twice,
      'more/none': { kind: 'limt' },
    };
    const linted = await server.admin.call(contracts.lintRules, { params, body: { rules } });
    expect(linted.checked).toBe(4);
    expect(linted.items.map(({ rule, code, other }) => `${rule} ${code} ${other ?? ''}`)).toEqual([
      'more/none invalid ',
      'guard/all shadowed extra/one',
      'more/one duplicate extra/one',
    ]);
    await recorded(server, client, recording());
    const { 'more/none': _, ...sound } = rules;
    const replayed = await server.admin.call(contracts.replayRules, {
      params,
      body: { rules: sound as Record<string, Rule> },
    });
    expect(replayed.rules.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['extra/one']));
    for (const body of [
      { namespace: 'guard', rules },
      { rules: { 'a/b/c': twice } },
      { rules: { 'a/': twice } },
    ]) {
      const refused = await server.admin.attempt(contracts.lintRules, { params, body });
      expect(refused.status).toBe(422);
    }
    client.close();
  });

  it('predicts exactly what enforcing does on replay, and finds the smallest limit', async () => {
    const server = await boot();
    const client = await begin(server, { all: bucket(100) });
    await recorded(server, client, recording());
    const rule = bucket(10, { mode: 'monitor' });
    const said = await server.admin.call(contracts.predictRule, {
      params,
      body: { rule, targetShare: 0.05 },
    });
    expect(said).toMatchObject({ calls: 200, recording: { calls: 200, instances: 1, sampledBy: 1 } });
    const replayed = await server.admin.call(contracts.replayRules, {
      params,
      body: { rules: { rule: bucket(10, { mode: 'intercept' }) } },
    });
    expect(said.wouldBlock).toBeGreaterThan(100);
    expect(replayed.blocked).toBe(said.wouldBlock);
    expect(replayed.differing).toBe(said.wouldBlock);
    expect(replayed.differences[0]).toMatchObject({
      was: 'pass',
      is: 'block',
      rules: ['rule'],
      instanceId: 'a',
    });
    expect(said.healthy).toBe(said.wouldBlock);
    expect(said.byOrigin.map(({ value }) => value).sort()).toEqual(['crawler', 'shop']);
    expect(said.byInstance).toMatchObject([{ value: 'a', calls: 200 }]);
    const { smallestLimit } = said;
    expect(smallestLimit!.share).toBeLessThanOrEqual(0.05);
    const checked = await server.admin.call(contracts.predictRule, {
      params,
      body: { rule: bucket(smallestLimit!.value) },
    });
    expect(checked.share).toBeLessThanOrEqual(0.05);
    // The live rules on what they were recorded under: nothing differs.
    const same = await server.admin.call(contracts.replayRules, { params, body: {} });
    expect(same).toMatchObject({ differing: 0, blocked: 0, estimated: 0 });
    client.close();
  });

  it('knows how large a sample it has', async () => {
    const server = await boot();
    const client = await begin(server, { all: bucket(100) });
    await recorded(server, client, recording(), 2000);
    const body = { rule: bucket(100) };
    const said = await server.admin.call(contracts.predictRule, { params, body });
    expect(said.recording.sampledBy).toBe(10);
    expect(said.wouldBlock).toBeGreaterThan(100);
    expect(said.shareError).toBeGreaterThan(0);
    expect(said.warnings.some(({ en }) => en.includes('10 % of the calls were recorded'))).toBe(true);
    // A limit of the cluster is divided among all calls, recorded or not.
    const shared = { rule: bucket(100, { scope: 'cluster', mode: 'intercept' }) };
    expect(await server.admin.call(contracts.predictRule, { params, body: shared })).toMatchObject({
      wouldBlock: said.wouldBlock,
    });
    expect(await server.admin.call(contracts.replayRules, { params, body: { rules: shared } })).toMatchObject(
      { blocked: said.wouldBlock },
    );
    client.close();
  });

  it('replays a recording that somebody brings, and refuses what a recording cannot tell', async () => {
    const server = await boot();
    const client = await begin(server, { all: bucket(100) });
    const calls = recording().map(({ agoMs: _, ...call }) => ({ ...call, atMs: call.atMs! }));
    const rules = { rule: bucket(1, { mode: 'intercept' }) };
    const answer = await server.admin.call(contracts.replayRules, { params, body: { calls, rules } });
    expect(answer).toMatchObject({ passed: 4, blocked: 196, differing: 196, recording: { calls: 200 } });
    const system = { ...bucket(1), kind: 'system', signal: 'cpu', threshold: 0.5 };
    const { limit: _, intervalMs: __, algorithm: ___, ...rule } = system as Record<string, unknown>;
    const refused = await server.admin.attempt(contracts.predictRule, { params, body: { rule } as never });
    expect([refused.status, (refused.body as { code: string }).code]).toEqual([409, 'wrong_state']);
    const unknown = await server.admin.attempt(contracts.predictRule, {
      params,
      body: { ref: 'guard/none' },
    });
    expect(unknown.status).toBe(404);
    client.close();
  });

  it('asks the instances why a call was refused', async () => {
    const server = await boot();
    const client = await begin(server, { all: bucket(100) });
    client.refusals.set('i1-4', {
      verdict: 'block',
      code: 'limited',
      resource: 'pay',
      type: 'rpc',
      ruleId: 'guard/all',
      kind: 'limit',
      revision: 3,
      decisionId: 'i1-4',
      atMs: 12,
      value: 100,
      threshold: 100,
      retryAfterMs: null,
    });
    client.refusals.set('odd', { code: 'because' });
    const ask = (decision: string) =>
      server.admin.attempt(contracts.getDecision, { params: { ...params, decision } });
    expect((await ask('i1-4')).body).toMatchObject({
      instanceId: 'a',
      call: { code: 'limited', rule: 'guard/all', value: 100, threshold: 100, revision: 3 },
    });
    expect((await ask('i1-5')).status).toBe(404);
    expect((await ask('odd')).status).toBe(404);
    client.close();
  });

  it('leases limits of the cluster to who wants them', async () => {
    const server = await boot();
    const client = await begin(server, { all: bucket(100, { scope: 'cluster', mode: 'intercept' }) });
    const leased = new Promise<Leases>((resolve) => client.once('leases', resolve));
    const wish = { rule: 'guard/all', resource: 'pay', type: 'rpc' as const, calls: 90 };
    client.report({ leases: [wish, { ...wish, rule: 'guard/unknown' }] });
    const { leases, ttlMs } = await leased;
    expect(ttlMs).toBeGreaterThan(500);
    expect(leases).toHaveLength(1);
    expect(leases[0]).toMatchObject({ rule: 'guard/all', resource: 'pay', type: 'rpc', fair: 100 });
    expect(leases[0]!.limit).toBeCloseTo(100, 6);
    client.close();
  });
});
