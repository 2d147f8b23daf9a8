import { expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import type { BootedApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { onEachDatabase } from '../support/each-database.ts';

const ns = 'timeouts';

async function begin(server: BootedApp, ...values: number[]): Promise<ConfigDesk> {
  await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
  const desk = new ConfigDesk(server.admin, 'prod', 'orders');
  await desk.create(ns);
  for (const value of values) await desk.release(ns, map({ value }));
  return desk;
}

const back = async (desk: ConfigDesk, to?: number) => desk.rollback(ns, (await desk.get(ns)).etag, to);
const liveValue = async (desk: ConfigDesk): Promise<unknown> =>
  (await desk.get(ns)).target ?? 'nothing is live';

onEachDatabase('rollback', (boot) => {
  it('is a new release with the old content; the editor equals live and the draft is put aside', async () => {
    const server = await boot();
    const desk = await begin(server, 1, 2, 3);
    const params = desk.at(ns);
    const edited = { content: map({ value: 99 }) };
    await desk.caller.call(contracts.saveDraft, { params, body: edited, ifMatch: '"3"' });
    const answer = await back(desk);
    expect(answer).toMatchObject({
      status: 201,
      body: { release: { number: 4, revision: 4, kind: 'rollback', restored: 2 }, etag: '"4"' },
    });
    expect(await liveValue(desk)).toEqual(map({ value: 2 }));
    const { draft, stash } = await desk.caller.call(contracts.getDraft, { params });
    expect(draft).toBeUndefined();
    expect(stash).toMatchObject({ baseRevision: 3, ...edited });
    const history = await desk.caller.call(contracts.listHistory, { params });
    expect(history.items.map((r) => r.number)).toEqual([4, 3, 2, 1]);
    const old = await desk.caller.call(contracts.getRelease, { params: { ...params, number: '2' } });
    expect(answer.body.release.digest).toBe(old.digest);
    await desk.caller.call(contracts.discardDraft, { params, query: { stash: 'true' } });
    expect(await desk.caller.call(contracts.getDraft, { params })).toEqual({ others: [] });
  });

  it('leaves the drafts of others, which learn that their base moved', async () => {
    const server = await boot();
    const desk = await begin(server, 1, 2);
    const password = 'a long enough secret';
    const grants = [{ role: 'editor' as const, environment: 'prod', app: 'orders' }];
    await server.admin.call(contracts.createUser, { body: { name: 'vera', password, grants } });
    const vera = desk.as(await server.signIn('vera', password));
    const params = desk.at(ns);
    const body = { content: map({ value: 7 }) };
    await vera.caller.call(contracts.saveDraft, { params, body, ifMatch: '"2"' });
    expect((await back(desk)).status).toBe(201);
    const hers = await vera.caller.call(contracts.getDraft, { params });
    expect(hers).toMatchObject({ draft: { baseMoved: true, ...body } });
    expect(hers.stash).toBeUndefined();
  });

  it('pressed again goes further back, and stops at the first release without deleting it', async () => {
    const desk = await begin(await boot(), 1, 2, 3);
    expect((await back(desk)).body.release.restored).toBe(2);
    expect((await back(desk)).body.release.restored).toBe(1);
    expect(await back(desk)).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
    expect(await liveValue(desk)).toEqual(map({ value: 1 }));
    await desk.release(ns, map({ value: 4 }));
    expect((await back(desk)).body.release.restored).toBe(1);
    expect((await back(desk, 3)).body.release).toMatchObject({ restored: 3, number: 8 });
  });

  it('with one release, to what is live, to what is not there, or from an old base is refused', async () => {
    const desk = await begin(await boot(), 1);
    expect(await back(desk)).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
    expect(await back(desk, 1)).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
    expect((await back(desk, 5)).status).toBe(404);
    await desk.release(ns, map({ value: 2 }));
    expect(await desk.rollback(ns, '"1"')).toMatchObject({ status: 412, body: { code: 'base_moved' } });
    expect(await desk.rollback(ns, '"2"', 2)).toMatchObject({ status: 409 });
    expect((await desk.get(ns)).revision).toBe(2);
  });

  it('before any release is refused', async () => {
    const desk = await begin(await boot());
    expect(await desk.rollback(ns, '"0"')).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  });

  it('is refused when the old content does not fit the schema of now', async () => {
    const desk = await begin(await boot(), 1, 200);
    const schema = { properties: { value: { minimum: 100 } } };
    const params = desk.at(ns);
    await desk.caller.call(contracts.changeNamespace, { params, body: { schema }, ifMatch: '"2"' });
    expect(await back(desk)).toMatchObject({ status: 422, body: { code: 'schema_violation' } });
    expect(await liveValue(desk)).toEqual(map({ value: 200 }));
  });

  it('revives a deleted namespace', async () => {
    const server = await boot();
    const desk = await begin(server, 1, 2);
    const params = desk.at(ns);
    const stale = await desk.caller.attempt(contracts.deleteNamespace, { params, ifMatch: '"1"' });
    expect(stale.status).toBe(412);
    await desk.caller.call(contracts.deleteNamespace, { params, ifMatch: '"2"', query: { message: 'old' } });
    expect((await desk.caller.attempt(contracts.getNamespace, { params })).status).toBe(404);
    expect((await desk.tryPublish(ns, { content: map({ a: 1 }) }, '"3"')).status).toBe(404);
    const history = await desk.caller.call(contracts.listHistory, { params });
    expect(history.items[0]).toMatchObject({ number: 3, revision: 3, kind: 'delete', message: 'old' });
    expect(await desk.rollback(ns, '"3"', 3)).toMatchObject({ status: 409 });
    const answer = await desk.rollback(ns, '"3"');
    expect(answer).toMatchObject({ status: 201, body: { release: { number: 4, revision: 4, restored: 2 } } });
    expect(await liveValue(desk)).toEqual(map({ value: 2 }));
    const changes = await server.admin.call(contracts.listChanges, { params: { env: 'prod' } });
    expect(changes.items.map((c) => c.kind)).toEqual(['rollback', 'delete', 'publish', 'publish']);
    expect(changes.items[1]!.release).toBeUndefined();
  });

  it('a name that is created again begins empty, keeps its history, and goes on counting', async () => {
    const desk = await begin(await boot(), 1);
    const params = desk.at(ns);
    await desk.caller.call(contracts.deleteNamespace, { params, ifMatch: '"1"' });
    const again = await desk.create(ns, { description: 'anew' });
    expect(again).toMatchObject({ description: 'anew', etag: '"2"', itemCount: 0 });
    expect(again.live).toBeUndefined();
    const { items } = await desk.caller.call(contracts.listHistory, { params });
    expect(items.map((r) => r.kind)).toEqual(['delete', 'publish']);
    expect((await desk.tryPublish(ns, { content: map({ value: 1 }) }, '"0"')).status).toBe(412);
    const { release } = await desk.publish(ns, { content: map({ value: 1 }) }, again.etag);
    expect(release).toMatchObject({ number: 3, revision: 3 });
    await desk.release(ns, map({ value: 2 }));
    expect((await back(desk)).body.release.restored).toBe(3);
  });

  it('does not turn a document into a map', async () => {
    const desk = await begin(await boot(), 1);
    const params = desk.at(ns);
    await desk.caller.call(contracts.deleteNamespace, { params, ifMatch: '"1"' });
    await desk.create(ns, { kind: 'document', format: 'text' });
    expect(await desk.rollback(ns, '"2"')).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
  });
});
