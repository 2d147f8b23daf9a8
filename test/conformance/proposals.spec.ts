import { expect, it } from '@jest/globals';
import { type BodyInputOf, type Contracts, contracts } from '@sluice/protocol';
import type { BootedApp } from '../support/boot-app.ts';
import { onEachDatabase } from '../support/each-database.ts';
import type { HttpCaller } from '../support/http-caller.ts';
import { begin, type PushDesk } from '../support/planned-app.ts';

type Body = BodyInputOf<Contracts['proposePush']>;
const place = { env: 'prod', app: 'orders' };
const password = 'a long enough secret';

const to = async (desk: PushDesk, timeout: number): Promise<Body> => ({
  changes: [await desk.change('order', { set: { timeout: { type: 'number', value: timeout } }, remove: [] })],
  target: { mode: 'global' },
  message: 'slower',
});

async function person(server: BootedApp, name: string, role: 'editor' | 'publisher'): Promise<HttpCaller> {
  const grants = [{ role, environment: 'prod', app: 'orders' }];
  await server.admin.call(contracts.createUser, { body: { name, password, grants } });
  return server.signIn(name, password);
}

onEachDatabase('a proposal', (boot) => {
  it('goes out when somebody else has said yes to it, in a protected environment', async () => {
    const server = await boot();
    const desk = await begin(server);
    await desk.instances(['a', 'b']);
    await server.admin.call(contracts.changeEnvironment, {
      params: { env: 'prod' },
      body: { approvals: 1 },
    });
    const [eve, paul, petra] = [
      await person(server, 'eve', 'editor'),
      await person(server, 'paul', 'publisher'),
      await person(server, 'petra', 'publisher'),
    ];
    const alone = await desk.tryStart(await to(desk, 5), paul);
    expect(alone).toMatchObject({ status: 409, body: { code: 'approval_required' } });
    const proposed = await eve.call(contracts.proposePush, { params: place, body: await to(desk, 5) });
    expect(proposed).toMatchObject({
      state: 'planned',
      revision: 0,
      createdBy: 'eve',
      approval: { needed: 1, given: [] },
      namespaces: [{ name: 'order', keys: ['timeout'] }],
    });
    expect(await desk.live('order')).toEqual({ timeout: 1 });
    const params = { ...place, push: proposed.id };
    const plan = await paul.call(contracts.getPushPlan, { params });
    expect(plan.targets.map((target) => target.instanceId)).toEqual(['a', 'b']);
    const body = { plan: plan.hash };
    const early = await paul.attempt(contracts.startProposedPush, { params, body });
    expect(early).toMatchObject({ status: 409, body: { code: 'approval_required' } });
    expect((await eve.attempt(contracts.approvePush, { params, body })).status).toBe(403);
    const changed = await paul.call(contracts.changeProposal, { params, body: await to(desk, 6) });
    expect(changed.createdBy).toBe('eve');
    // Whoever edited it has written it too.
    const again = { plan: (await paul.call(contracts.getPushPlan, { params })).hash };
    expect((await paul.attempt(contracts.approvePush, { params, body: again })).status).toBe(409);
    const stale = await petra.attempt(contracts.approvePush, { params, body });
    expect(stale).toMatchObject({ status: 412, body: { code: 'plan_moved' } });
    const approved = await petra.call(contracts.approvePush, { params, body: again });
    expect(approved.approval).toMatchObject({ needed: 1, given: [{ by: 'petra' }] });
    const started = await paul.call(contracts.startProposedPush, { params, body: again });
    expect(started).toMatchObject({
      id: proposed.id,
      state: 'running',
      createdBy: 'eve',
      verdict: { targets: 2 },
    });
    expect(await desk.live('order')).toEqual({ timeout: 6 });
    expect((await paul.attempt(contracts.startProposedPush, { params, body: again })).status).toBe(409);
    const { items } = await server.admin.call(contracts.listAudit, { query: { action: 'push.approve' } });
    expect(items.map((row) => row.actor)).toEqual(['petra']);
  });

  it('is how a script comes into a protected environment, whatever else that asks for', async () => {
    const server = await boot();
    const desk = await begin(server);
    const { admin } = server;
    await desk.instances(['a']);
    const params = { ...place, ns: 'guard' };
    await admin.call(contracts.createNamespace, { params: place, body: { name: 'guard', kind: 'rules' } });
    const scripted = (source: string, mode = 'monitor') => ({
      kind: 'rules',
      items: {
        r: {
          kind: 'script',
          role: 'decide',
          mode,
          resource: { match: 'exact', value: 'pay.charge' },
          source,
        },
      },
    });
    const [first, second] = ['function decide() { return "pass" }', 'function decide() { return "block" }'];
    const publish = async (content: unknown, emergency?: string) =>
      admin.attempt(contracts.publish, {
        params,
        ifMatch: (await admin.call(contracts.getNamespace, { params })).etag,
        body: { content: content as never, ...(emergency && { emergency }) },
      });
    expect((await publish(scripted(first))).status).toBe(201);
    await admin.call(contracts.changeEnvironment, {
      params: { env: 'prod' },
      body: { protected: true, approvals: 0 },
    });
    // Neither a value nor another mode of a script that is there needs anybody.
    expect((await desk.tryStart(await to(desk, 5), admin)).status).toBe(201);
    expect((await publish(scripted(first, 'off'))).status).toBe(201);
    const refused = { status: 409, body: { code: 'approval_required' } };
    expect(await publish(scripted(second))).toMatchObject(refused);
    const file = { name: 'guard', kind: 'rules' as const, content: scripted(second) as never };
    const imported = await admin.attempt(contracts.importApp, {
      params: place,
      body: { namespaces: [file] },
    });
    expect(imported).toMatchObject(refused);
    const asked = async (): Promise<Body> => ({
      changes: [
        {
          namespace: 'guard',
          base: (await admin.call(contracts.getNamespace, { params })).revision,
          content: scripted(second) as never,
        },
      ],
      target: { mode: 'single', instanceId: 'a' },
    });
    expect(await desk.tryStart(await asked(), admin)).toMatchObject(refused);
    const proposed = await admin.call(contracts.proposePush, { params: place, body: await asked() });
    expect(proposed.approval).toEqual({ needed: 1, given: [] });
    const at = { params: { ...place, push: proposed.id } };
    const body = { plan: (await admin.call(contracts.getPushPlan, at)).hash };
    expect(await admin.attempt(contracts.startProposedPush, { ...at, body })).toMatchObject(refused);
    const petra = await person(server, 'petra', 'publisher');
    await petra.call(contracts.approvePush, { ...at, body });
    expect((await admin.attempt(contracts.startProposedPush, { ...at, body })).status).toBe(200);
    expect((await publish(scripted(second), 'it burns')).status).toBe(201);
    // Going back brings what was approved before.
    const { etag } = await admin.call(contracts.getNamespace, { params });
    expect((await admin.attempt(contracts.rollback, { params, ifMatch: etag, body: {} })).status).toBe(201);
  });

  it('is the only way to release where others must approve, but for an emergency and for going back', async () => {
    const server = await boot();
    const desk = await begin(server);
    await server.admin.call(contracts.changeEnvironment, { params: { env: 'prod' }, body: { approvals: 2 } });
    const params = { ...place, ns: 'order' };
    const before = await desk.desk.get('order');
    const changes = { set: { timeout: { type: 'number' as const, value: 8 } }, remove: [] };
    const publish = async (emergency?: string) =>
      server.admin.attempt(contracts.publish, {
        params,
        ifMatch: (await desk.desk.get('order')).etag,
        body: { changes, ...(emergency !== undefined && { emergency }) },
      });
    const needs = { status: 409, body: { code: 'approval_required' } };
    expect(await publish()).toMatchObject(needs);
    expect(
      await server.admin.attempt(contracts.deleteNamespace, { params, query: {}, ifMatch: before.etag }),
    ).toMatchObject(needs);
    const file = { name: 'order', kind: 'map' as const, content: { kind: 'map' as const, items: {} } };
    expect(
      await server.admin.attempt(contracts.importApp, { params: place, body: { namespaces: [file] } }),
    ).toMatchObject(needs);
    expect(await desk.desk.get('order')).toEqual(before);
    expect(await publish('the shop is down')).toMatchObject({
      status: 201,
      body: { push: { emergency: 'the shop is down' } },
    });
    const { items } = await server.admin.call(contracts.listAudit, { query: { action: 'release.publish' } });
    expect(items[0]?.detail).toMatchObject({ emergency: 'the shop is down' });
    const back = await server.admin.attempt(contracts.rollback, {
      params,
      ifMatch: (await desk.desk.get('order')).etag,
      body: {},
    });
    expect(back.status).toBe(201);
    // Two of them have to say yes.
    const people = ['eve', 'paul', 'petra', 'pia'] as const;
    const [eve, paul, petra, pia] = await Promise.all(
      people.map((name) => person(server, name, name === 'eve' ? 'editor' : 'publisher')),
    );
    const { id: push } = await eve!.call(contracts.proposePush, { params: place, body: await to(desk, 9) });
    const asked = { params: { ...place, push } };
    const { hash: plan } = await paul!.call(contracts.getPushPlan, asked);
    const yes = { ...asked, body: { plan } };
    await petra!.call(contracts.approvePush, yes);
    expect(await paul!.attempt(contracts.startProposedPush, yes)).toMatchObject(needs);
    await pia!.call(contracts.approvePush, yes);
    expect((await paul!.call(contracts.startProposedPush, yes)).state).toBe('running');
  });

  it('loses its approvals by an edit, and may go out as an emergency that shows', async () => {
    const server = await boot();
    const desk = await begin(server);
    await server.admin.call(contracts.changeEnvironment, {
      params: { env: 'prod' },
      body: { approvals: 1 },
    });
    const [eve, paul] = [await person(server, 'eve', 'editor'), await person(server, 'paul', 'publisher')];
    const { id: push } = await eve.call(contracts.proposePush, { params: place, body: await to(desk, 5) });
    const params = { ...place, push };
    const planOf = async () => ({ plan: (await paul.call(contracts.getPushPlan, { params })).hash });
    await paul.call(contracts.approvePush, { params, body: await planOf() });
    const edited = await eve.call(contracts.changeProposal, { params, body: await to(desk, 7) });
    expect(edited.approval).toEqual({ needed: 1, given: [] });
    const refused = await paul.attempt(contracts.startProposedPush, { params, body: await planOf() });
    expect(refused.status).toBe(409);
    const started = await paul.call(contracts.startProposedPush, {
      params,
      body: { ...(await planOf()), emergency: 'the shop is down' },
    });
    expect(started.emergency).toBe('the shop is down');
    expect(await desk.live('order')).toEqual({ timeout: 7 });
  });

  it('is not approved by its author through a token of his', async () => {
    const server = await boot();
    const desk = await begin(server);
    await server.admin.call(contracts.changeEnvironment, { params: { env: 'prod' }, body: { approvals: 1 } });
    const { id: push } = await server.admin.call(contracts.proposePush, {
      params: place,
      body: await to(desk, 5),
    });
    const { secret } = await server.admin.call(contracts.createToken, {
      body: { kind: 'api', name: 'mine', environment: 'prod', app: 'orders', role: 'publisher' },
    });
    const params = { ...place, push };
    const { hash: plan } = await server.admin.call(contracts.getPushPlan, { params });
    const own = await server.bearer(secret).attempt(contracts.approvePush, { params, body: { plan } });
    expect(own).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  });

  it('is told when its base has moved, and can be withdrawn', async () => {
    const server = await boot();
    const desk = await begin(server);
    const proposed = await server.admin.call(contracts.proposePush, {
      params: place,
      body: await to(desk, 5),
    });
    const params = { ...place, push: proposed.id };
    expect(proposed.approval).toBeUndefined();
    const { hash: plan } = await server.admin.call(contracts.getPushPlan, { params });
    await desk.start({ ...(await to(desk, 9)) });
    const moved = await server.admin.attempt(contracts.startProposedPush, { params, body: { plan } });
    expect(moved).toMatchObject({ status: 412, body: { code: 'base_moved' } });
    const rebased = await server.admin.call(contracts.changeProposal, { params, body: await to(desk, 5) });
    expect(rebased.state).toBe('planned');
    expect(await desk.act(contracts.abandonPush, proposed.id)).toMatchObject({
      state: 'abandoned',
      revision: 0,
      ended: { reason: 'asked' },
    });
    const { items } = await server.admin.call(contracts.listPushes, { params: place });
    expect(items.map((push) => push.state)).toContain('abandoned');
  });
});
