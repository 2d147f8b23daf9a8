import { expect, it } from '@jest/globals';
import { type BodyInputOf, type Contracts, contracts } from '@sluice/protocol';
import { PushTransitions } from '../../apps/server/src/pushes/push-transitions.ts';
import { map } from '../support/config-desk.ts';
import { onEachDatabase } from '../support/each-database.ts';
import { begin, ids, item, percent, set, single } from '../support/planned-app.ts';

type StartBody = BodyInputOf<Contracts['startPush']>;

onEachDatabase('a push', (boot) => {
  it('to one instance is a layer for an hour that changes nobody else', async () => {
    const desk = await begin(await boot());
    await desk.instances(['a', 'b', 'c']);
    const plan = await desk.preview({
      changes: [await desk.change('order', set({ timeout: 5 }))],
      target: single('b'),
    });
    expect(ids(plan)).toEqual(['b']);
    expect(plan.variants[0]!.namespaces[0]!.changes).toMatchObject([
      { key: 'timeout', before: item(1), after: item(5), decidedAfter: { kind: 'instance' } },
    ]);
    const push = await desk.start({
      changes: [await desk.change('order', set({ timeout: 5 }))],
      target: single('b'),
      plan: plan.hash,
    });
    expect(push).toMatchObject({
      mode: 'single',
      state: 'running',
      revision: plan.revision + 1,
      namespaces: [{ name: 'order', keys: ['timeout'] }],
      verdict: { targets: 1 },
    });
    expect(Date.parse(push.expiresAt!) - Date.parse(push.createdAt)).toBe(3_600_000);
    expect(await desk.held('order')).toEqual({ a: { timeout: 1 }, b: { timeout: 5 }, c: { timeout: 1 } });
    const { hash, targets, revision } = await desk.confirmed(push.id);
    expect({ hash, targets, revision }).toEqual({
      hash: plan.hash,
      targets: plan.targets,
      revision: plan.revision,
    });
    const { items } = await desk.changes();
    expect(items[0]).toMatchObject({
      kind: 'layer',
      namespace: 'order',
      pushId: push.id,
      revision: push.revision,
    });
    expect(items[0]).not.toHaveProperty('release');
    const ended = await desk.act(contracts.abandonPush, push.id);
    expect(ended).toMatchObject({
      state: 'abandoned',
      ended: { reason: 'asked' },
      revision: push.revision + 1,
    });
    expect((await desk.held('order')).b).toEqual({ timeout: 1 });
  });

  it('ends by itself when its time is over, once', async () => {
    const server = await boot();
    const desk = await begin(server);
    await desk.instances(['a', 'b']);
    const push = await desk.start({
      changes: [await desk.change('order', set({ timeout: 5 }))],
      target: single('a'),
      expiresInMs: 60_000,
    });
    const transitions = server.app.get(PushTransitions, { strict: false });
    expect(await transitions.expired(push.id)).toBe(false);
    server.advance(60_001);
    const both = await Promise.all([transitions.expired(push.id), transitions.expired(push.id)]);
    // The server's own clockwork may have been quicker.
    expect(both.filter(Boolean).length).toBeLessThanOrEqual(1);
    expect(await desk.get(push.id)).toMatchObject({ state: 'abandoned', ended: { reason: 'expired' } });
    expect((await desk.changes()).items.filter((change) => change.kind === 'expire')).toHaveLength(1);
    expect((await desk.held('order')).a).toEqual({ timeout: 1 });
  });

  it('is listed as in force as long as something of it stands', async () => {
    const server = await boot();
    const desk = await begin(server);
    await desk.instances(['a', 'b'], () => ({ zone: 'x' }));
    await desk.createGroup('x', 'zone=x');
    const push = async (key: string, target: StartBody['target']) =>
      (await desk.start({ changes: [await desk.change('order', set({ [key]: 5 }))], target })).id;
    await push('timeout', { mode: 'global' });
    const boxed = (
      await desk.start({
        changes: [await desk.change('order', set({ one: 5 }))],
        target: single('b'),
        expiresInMs: 60_000,
      })
    ).id;
    const gray = await push('two', percent([50]));
    const group = await push('three', { mode: 'group', group: 'x' });
    expect(await desk.list({ id: gray.slice(0, 6) })).toMatchObject([{ id: gray }]);
    const inForce = async () => (await desk.list({ state: 'inForce' })).map((each) => each.id);
    expect(await inForce()).toEqual([group, gray, boxed]);
    await desk.act(contracts.pausePush, gray);
    expect(await inForce()).toEqual([group, gray, boxed]);
    // One above another stands no less: it is what comes back when that one is taken away.
    const newer = await push('three', { mode: 'group', group: 'x' });
    expect(await inForce()).toEqual([newer, group, gray, boxed]);
    server.advance(60_001);
    expect(await inForce()).toEqual([newer, group, gray]);
    await desk.act(contracts.promotePush, gray);
    await desk.act(contracts.abandonPush, newer);
    expect(await inForce()).toEqual([group]);
  });

  it('to a group reaches those whose labels match, and stands in the way of changing the group', async () => {
    const desk = await begin(await boot());
    await desk.instances(['a', 'b', 'c'], (id) => ({ zone: id === 'c' ? 'far' : 'near' }));
    const group = await desk.createGroup('nearby', 'zone in (near)');
    expect(group).toMatchObject({ selector: 'zone=near', namespaces: [] });
    const push = await desk.start({
      changes: [await desk.change('order', set({ timeout: 7 }))],
      target: { mode: 'group', group: 'nearby' },
    });
    expect(push.expiresAt).toBeUndefined();
    expect(await desk.held('order')).toEqual({ a: { timeout: 7 }, b: { timeout: 7 }, c: { timeout: 1 } });
    const second = await desk.start({
      changes: [await desk.change('order', set({ timeout: 8 }))],
      target: { mode: 'group', group: 'nearby' },
    });
    expect((await desk.held('order')).a).toEqual({ timeout: 8 });
    expect(await desk.tryChangeGroup('nearby', { selector: 'zone=far' })).toMatchObject({
      status: 409,
      body: { code: 'wrong_state' },
    });
    expect((await desk.tryChangeGroup('nearby', { description: 'close by' })).status).toBe(200);
    await desk.act(contracts.abandonPush, second.id);
    expect((await desk.held('order')).a).toEqual({ timeout: 7 });
    await desk.act(contracts.abandonPush, push.id);
    expect(await desk.tryChangeGroup('nearby', { selector: 'zone=far' })).toMatchObject({
      status: 200,
      body: { selector: 'zone=far' },
    });
    const deleted = await desk.deleteGroup('nearby');
    expect(deleted.status).toBe(204);
  });

  it('over several namespaces is one revision, all or nothing', async () => {
    const desk = await begin(await boot());
    await desk.instances(['a', 'b']);
    await desk.desk.create('rates');
    const rates = { namespace: 'rates', base: 0, changes: set({ perSecond: 100 }) };
    const push = await desk.start({
      changes: [await desk.change('order', set({ timeout: 4 })), rates],
      target: { mode: 'global' },
    });
    expect(push.namespaces.map((n) => [n.name, n.release])).toEqual([
      ['order', 2],
      ['rates', 1],
    ]);
    const { items } = await desk.changes();
    expect(items.slice(0, 2).map((change) => [change.namespace, change.revision])).toEqual([
      ['order', push.revision],
      ['rates', push.revision],
    ]);
    const gray = await desk.start({
      changes: [
        await desk.change('order', set({ timeout: 6 })),
        { ...rates, base: push.revision, changes: set({ perSecond: 50 }) },
      ],
      target: { mode: 'gray', audience: { by: 'instances', ids: ['a', 'nobody'] } },
    });
    expect((await desk.confirmed(gray.id)).unknown).toEqual(['nobody']);
    expect([await desk.held('order'), await desk.held('rates')]).toMatchObject([
      { a: { timeout: 6 }, b: { timeout: 4 } },
      { a: { perSecond: 50 }, b: { perSecond: 100 } },
    ]);
    const undone = await desk.act(contracts.rollbackPush, gray.id);
    expect(undone).toMatchObject({ id: gray.id, state: 'abandoned' });
    const bad = await desk.tryStart({
      changes: [
        await desk.change('order', set({ timeout: 99 })),
        { namespace: 'rates', base: 0, changes: set({ perSecond: 1 }) },
      ],
      target: { mode: 'global' },
    });
    expect(bad).toMatchObject({ status: 412, body: { code: 'base_moved', details: { threeWay: {} } } });
    expect(await desk.live('order')).toEqual({ timeout: 4 });
  });

  it('says who moved when its plan is not the one that was looked at', async () => {
    const desk = await begin(await boot());
    await desk.instances(['a', 'b']);
    const asked = {
      changes: [await desk.change('order', set({ timeout: 4 }))],
      target: { mode: 'global' } as const,
    };
    const plan = await desk.preview(asked);
    await desk.instances(['c']);
    const refused = await desk.tryStart({ ...asked, plan: plan.hash });
    expect(refused).toMatchObject({
      status: 412,
      body: { code: 'plan_moved', details: { joined: ['c'], left: [], changed: [], plan: {} } },
    });
    const { details } = refused.body as { details: { plan: { hash: string } } };
    const push = await desk.start({ ...asked, plan: details.plan.hash });
    expect(push.verdict.targets).toBe(3);
  });

  it('takes a draft, whole for everyone and as what differs for some', async () => {
    const desk = await begin(await boot());
    await desk.instances(['a', 'b']);
    const draft = async (values: Record<string, number>) => {
      const { etag } = await desk.desk.get('order');
      await desk.admin.call(contracts.saveDraft, {
        params: desk.desk.at('order'),
        ifMatch: etag,
        body: { content: map(values) },
      });
    };
    await draft({ retries: 5 });
    const { revision } = await desk.desk.get('order');
    const changes = [{ namespace: 'order', base: revision, draft: true as const }];
    const gray = await desk.start({
      changes,
      target: { mode: 'gray', audience: { by: 'instances', ids: ['a'] } },
    });
    expect(gray.namespaces[0]!.keys).toEqual(['retries', 'timeout']);
    expect(await desk.held('order')).toEqual({ a: { retries: 5 }, b: { timeout: 1 } });
    await desk.act(contracts.abandonPush, gray.id);
    await desk.start({ changes, target: { mode: 'global' } });
    expect(await desk.live('order')).toEqual({ retries: 5 });
    const none = await desk.tryStart({ changes, target: { mode: 'global' } });
    expect(none).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  });

  it('ends its layers with the namespace, and is sent again when asked', async () => {
    const server = await boot();
    const desk = await begin(server);
    await desk.instances(['a', 'b']);
    const push = await desk.start({
      changes: [await desk.change('order', set({ timeout: 4 }))],
      target: single('a'),
      expiresInMs: 'untilCleared',
    });
    expect(push.expiresAt).toBeUndefined();
    const transitions = server.app.get(PushTransitions, { strict: false });
    await transitions.verified(push.id, { proof: { holding: 0, targets: 1 } });
    expect(await desk.act(contracts.repushPush, push.id)).toMatchObject({ state: 'verifying' });
    const { etag } = await desk.desk.get('order');
    await desk.admin.call(contracts.deleteNamespace, { params: desk.desk.at('order'), ifMatch: etag });
    expect(await desk.get(push.id)).toMatchObject({ state: 'abandoned', ended: { reason: 'superseded' } });
    await desk.desk.create('order');
    expect(await desk.held('order')).toEqual({ a: undefined, b: undefined });
  });

  it('refuses what makes no sense, by its field', async () => {
    const desk = await begin(await boot());
    await desk.instances(['a', 'b']);
    const change = await desk.change('order', set({ timeout: 4 }));
    const refused = async (body: Partial<StartBody>, path: string): Promise<void> => {
      const answer = await desk.tryStart({ changes: [change], target: single('a'), ...body });
      expect([path, answer]).toMatchObject([
        path,
        { status: 422, body: { details: { faults: [{ path: expect.stringContaining(path) }] } } },
      ]);
    };
    for (const steps of [[0], [101], [-5], [50, 25], [0.001], []])
      await refused({ target: percent(steps) }, 'target.audience.steps');
    await refused({ target: { mode: 'group', group: 'nowhere' } }, 'target.group');
    await refused(
      { target: { mode: 'gray', audience: { by: 'labels', selector: 'zone in (' } } },
      'selector',
    );
    await refused(
      { target: { mode: 'gray', audience: { by: 'count', count: 3, among: 'zone=no' } } },
      'audience',
    );
    for (const expiresInMs of [0, -1, 1.5, 604_800_001]) await refused({ expiresInMs }, 'expiresInMs');
    await refused({ target: { mode: 'global' }, expiresInMs: 1000 }, 'expiresInMs');
    await refused({ changes: [change, change] }, 'changes.1.namespace');
    await refused(
      { changes: [{ ...change, changes: { set: {}, remove: ['nothing'] } }] },
      'changes.0.changes.remove.0',
    );
    expect(
      (await desk.tryStart({ changes: [{ ...change, base: undefined }], target: single('a') })).status,
    ).toBe(428);
    expect(
      (await desk.tryStart({ changes: [{ ...change, namespace: 'no' }], target: single('a') })).status,
    ).toBe(404);
    const nobody = await desk.preview({ changes: [change], target: single('never-seen') });
    expect(nobody).toMatchObject({ unknown: ['never-seen'], targets: [] });
    expect(nobody.warnings).toHaveLength(1);
  });

  it('is checked like a release: what those who get it would hold, key by key', async () => {
    const desk = await begin(await boot());
    await desk.instances(['a', 'b']);
    const schema = {
      type: 'object',
      properties: { timeout: { maximum: 50 } },
      required: ['timeout'],
    };
    const { etag } = await desk.desk.get('order');
    await desk.admin.call(contracts.changeNamespace, {
      params: desk.desk.at('order'),
      ifMatch: etag,
      body: { schema },
    });
    const { base } = await desk.change('order', set({}));
    const tryPatch = (changes: object) =>
      desk.tryStart({ changes: [{ namespace: 'order', base, changes } as never], target: single('a') });
    expect(await tryPatch(set({ timeout: 51 }))).toMatchObject({
      status: 422,
      body: {
        code: 'schema_violation',
        details: { faults: [{ path: expect.stringContaining('timeout') }] },
      },
    });
    expect(await tryPatch({ set: {}, remove: ['timeout'] })).toMatchObject({
      status: 422,
      body: { code: 'schema_violation' },
    });
    expect(await tryPatch({ set: { retries: { ...item(5), max: 3 } }, remove: [] })).toMatchObject({
      status: 422,
      body: { code: 'invalid', details: { faults: [{ path: expect.stringContaining('retries') }] } },
    });
    expect((await tryPatch(set({ timeout: 50 }))).status).toBe(201);
  });

  it('without an end for one instance needs a permission of its own', async () => {
    const server = await boot();
    const desk = await begin(server);
    const grants = [{ role: 'publisher' as const, environment: 'prod', app: 'orders' }];
    const password = 'a long enough secret';
    await server.admin.call(contracts.createUser, { body: { name: 'paul', password, grants } });
    const paul = await server.signIn('paul', password);
    const asked = { changes: [await desk.change('order', set({ timeout: 5 }))], target: single('a') };
    const kept = await desk.tryStart({ ...asked, expiresInMs: 'untilCleared' }, paul);
    expect(kept).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(JSON.stringify(kept.body)).toContain('push:keep');
    expect((await desk.tryStart({ ...asked, expiresInMs: 604_800_000 }, paul)).status).toBe(201);
  });

  it('by several people at once is done once, and a retry with the same key too', async () => {
    const desk = await begin(await boot());
    await desk.instances(['a', 'b', 'c']);
    const change = await desk.change('order', set({ timeout: 5 }));
    const asked = { changes: [change], target: { mode: 'global' } as const };
    const all = await Promise.all(Array.from({ length: 5 }, () => desk.tryStart(asked)));
    expect(all.map((answer) => answer.status).sort()).toEqual([201, 412, 412, 412, 412]);
    const grays = await Promise.all(
      [6, 7, 8].map(async (timeout) =>
        desk.tryStart({
          changes: [await desk.change('order', set({ timeout }))],
          target: { mode: 'gray', audience: { by: 'instances', ids: ['a', 'b'] } },
        }),
      ),
    );
    expect(grays.map((answer) => answer.status).sort()).toEqual([201, 409, 409]);
    const { id } = grays.find((answer) => answer.status === 201)!.body as { id: string };
    const ends = await Promise.all([
      desk.try(contracts.promotePush, id),
      desk.try(contracts.abandonPush, id),
      desk.try(contracts.promotePush, id),
    ]);
    expect(ends.map((answer) => answer.status).sort()).toEqual([200, 409, 409]);
    const once = {
      params: { env: 'prod', app: 'orders' },
      body: { changes: [await desk.change('order', set({ size: 1 }))], target: single('c') },
      idempotencyKey: 'once',
    };
    const twice = await Promise.all([1, 2].map(() => desk.admin.call(contracts.startPush, once)));
    expect(twice[0]!.id).toBe(twice[1]!.id);
    const { items } = await desk.changes();
    const revisions = items.map((row) => row.revision);
    expect(new Set(revisions).size).toBe(revisions.length);
    expect(Math.max(...revisions)).toBe(revisions.length);
  });

  it('to everyone is undone by a new one, as long as nothing came after it', async () => {
    const desk = await begin(await boot());
    await desk.instances(['a', 'b']);
    const { items } = await desk.changes();
    const first = await desk.try(contracts.rollbackPush, items[0]!.pushId!);
    expect(first).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
    await desk.desk.create('rates');
    const push = await desk.start({
      changes: [
        await desk.change('order', set({ timeout: 2 })),
        await desk.change('rates', set({ perSecond: 9 })),
      ],
      target: { mode: 'global' },
    });
    // One of its namespaces had nothing before: all or nothing.
    expect((await desk.try(contracts.rollbackPush, push.id)).status).toBe(409);
    expect(await desk.live('order')).toEqual({ timeout: 2 });
    const second = await desk.start({
      changes: [
        await desk.change('order', set({ timeout: 3 })),
        await desk.change('rates', set({ perSecond: 8 })),
      ],
      target: { mode: 'global' },
    });
    const stale = await desk.try(contracts.rollbackPush, push.id);
    expect(stale).toMatchObject({ status: 412, body: { code: 'base_moved' } });
    const undone = await desk.act(contracts.rollbackPush, second.id, { message: 'too slow' });
    expect(undone).toMatchObject({
      of: second.id,
      mode: 'global',
      message: 'too slow',
      revision: second.revision + 1,
      namespaces: [
        { name: 'order', release: 4, keys: ['timeout'] },
        { name: 'rates', release: 3, keys: ['perSecond'] },
      ],
      verdict: { targets: 2 },
    });
    expect([await desk.live('order'), await desk.live('rates')]).toEqual([{ timeout: 2 }, { perSecond: 9 }]);
    expect((await desk.desk.get('order')).live).toMatchObject({ kind: 'rollback', restored: 2 });
    expect((await desk.confirmed(undone.id)).targets).toHaveLength(2);
  });

  it('warns of layers that are sound alone and not together', async () => {
    const desk = await begin(await boot());
    await desk.instances(['a', 'b'], (id) => ({ zone: id }));
    const { etag } = await desk.desk.get('order');
    await desk.admin.call(contracts.changeNamespace, {
      params: desk.desk.at('order'),
      ifMatch: etag,
      body: { schema: { type: 'object', maxProperties: 2 } },
    });
    await desk.createGroup('a-only', 'zone=a');
    await desk.start({
      changes: [await desk.change('order', set({ retries: 5 }))],
      target: { mode: 'group', group: 'a-only' },
    });
    const changes = [await desk.change('order', set({ size: 5 }))];
    const both = await desk.preview({ changes, target: single('a') });
    expect(both.warnings).toMatchObject([{ en: expect.stringContaining('a and 0 more would refuse it') }]);
    expect((await desk.preview({ changes, target: single('b') })).warnings).toEqual([]);
  });
});
