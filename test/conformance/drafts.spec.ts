import { expect, it } from '@jest/globals';
import type { Content } from '@sluice/core';
import { contracts, type Draft } from '@sluice/protocol';
import type { BootedApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { onEachDatabase } from '../support/each-database.ts';
import type { Answer } from '../support/http-caller.ts';

const ns = 'timeouts';

async function begin(server: BootedApp): Promise<ConfigDesk> {
  await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
  const desk = new ConfigDesk(server.admin, 'prod', 'orders');
  await desk.create(ns);
  await desk.release(ns, map({ a: 1 }));
  return desk;
}

const save = (desk: ConfigDesk, content: Content, ifMatch: string): Promise<Answer<Draft>> =>
  desk.caller.attempt(contracts.saveDraft, { params: desk.at(ns), body: { content }, ifMatch }) as Promise<
    Answer<Draft>
  >;
const draftOf = (desk: ConfigDesk) => desk.caller.call(contracts.getDraft, { params: desk.at(ns) });

async function colleague(server: BootedApp): Promise<Parameters<ConfigDesk['as']>[0]> {
  const password = 'a long enough secret';
  const grants = [{ role: 'publisher' as const, environment: '*', app: '*' }];
  await server.admin.call(contracts.createUser, { body: { name: 'vera', password, grants } });
  return server.signIn('vera', password);
}

onEachDatabase('drafts', (boot) => {
  it('are saved from the ETag of what is live, then from their own, and published', async () => {
    const desk = await begin(await boot());
    expect(await draftOf(desk)).toEqual({ others: [] });
    const first = await save(desk, map({ a: 2 }), (await desk.get(ns)).etag);
    expect(first).toMatchObject({ status: 200, body: { baseRevision: 1, baseMoved: false } });
    const second = await save(desk, map({ a: 3 }), first.body.etag);
    expect(second.status).toBe(200);
    expect(second.body.etag).not.toBe(first.body.etag);
    expect((await desk.get(ns)).hasDraft).toBe(true);
    expect((await draftOf(desk)).draft).toEqual(second.body);
    const stale = await desk.tryPublish(ns, { draft: true }, first.body.etag);
    expect(stale).toMatchObject({ status: 412, body: { code: 'draft_moved' } });
    const released = await desk.publish(ns, { draft: true, message: 'calmer' }, second.body.etag);
    expect(released.release).toMatchObject({ number: 2, revision: 2, kind: 'publish', message: 'calmer' });
    expect(await draftOf(desk)).toEqual({ others: [] });
    expect(await desk.get(ns)).toMatchObject({ hasDraft: false, target: map({ a: 3 }) });
  });

  it('of two tabs do not overwrite one another', async () => {
    const desk = await begin(await boot());
    const { etag } = await desk.get(ns);
    const answers = await Promise.all([save(desk, map({ a: 2 }), etag), save(desk, map({ a: 3 }), etag)]);
    expect(answers.map((a) => a.status).sort()).toEqual([200, 412]);
    const kept = answers.find((a) => a.status === 200)!.body;
    const refused = answers.find((a) => a.status === 412)!;
    expect(refused.body).toMatchObject({
      code: 'draft_moved',
      details: { etag: kept.etag, threeWay: { of: 'items' } },
    });
    expect((await draftOf(desk)).draft).toEqual(kept);
    const merged = await save(desk, map({ a: 4 }), kept.etag);
    expect(merged.status).toBe(200);
    // Thrown away in one tab, the draft's ETag fits no later draft in the other.
    await desk.caller.call(contracts.discardDraft, { params: desk.at(ns) });
    expect((await save(desk, map({ a: 5 }), merged.body.etag)).status).toBe(412);
    await save(desk, map({ a: 6 }), etag);
    expect((await save(desk, map({ a: 7 }), merged.body.etag)).status).toBe(412);
    expect((await draftOf(desk)).draft?.content).toEqual(map({ a: 6 }));
  });

  it('of two people do not mix, and learn when the base moved', async () => {
    const server = await boot();
    const desk = await begin(server);
    const vera = desk.as(await colleague(server));
    const { etag } = await desk.get(ns);
    const mine = await save(desk, map({ a: 2 }), etag);
    const hers = await save(vera, map({ a: 1, b: 1 }), etag);
    expect((await draftOf(desk)).others).toMatchObject([{ owner: 'vera' }]);
    await vera.publish(ns, { draft: true }, hers.body.etag);

    const { draft } = await draftOf(desk);
    expect(draft).toMatchObject({ baseMoved: true, baseRevision: 1, content: map({ a: 2 }) });
    const stale = await save(desk, map({ a: 3 }), mine.body.etag);
    const details = (stale.body as unknown as { details: { etag: string; threeWay: unknown } }).details;
    expect(stale).toMatchObject({ status: 412, body: { code: 'base_moved', details: { revision: 2 } } });
    expect(details.threeWay).toMatchObject({
      entries: [
        { key: 'a', conflict: false, yours: { value: 3 }, theirs: { value: 1 } },
        { key: 'b', conflict: false, theirs: { value: 1 } },
      ],
    });
    const early = await desk.tryPublish(ns, { draft: true }, '"2"');
    expect(early).toMatchObject({ status: 412, body: { code: 'base_moved' } });

    const rebased = await save(desk, map({ a: 3, b: 1 }), details.etag);
    expect(rebased).toMatchObject({ status: 200, body: { baseMoved: false, baseRevision: 2 } });
    expect((await desk.tryPublish(ns, { draft: true }, rebased.body.etag)).status).toBe(201);
  });

  it('need a base, and a draft to publish', async () => {
    const desk = await begin(await boot());
    const params = desk.at(ns);
    const body = { content: map({ a: 2 }) };
    expect((await desk.caller.attempt(contracts.saveDraft, { params, body })).status).toBe(428);
    const odd = await desk.caller.attempt(contracts.saveDraft, { params, body, ifMatch: 'yesterday' });
    expect(odd.status).toBe(400);
    const none = await desk.tryPublish(ns, { draft: true }, (await desk.get(ns)).etag);
    expect(none).toMatchObject({ status: 409, body: { code: 'wrong_state' } });
    expect((await save(desk, map({ a: 2 }), '"99"')).status).toBe(412);
    const gone = await desk.caller.attempt(contracts.discardDraft, { params });
    expect(gone.status).toBe(204);
  });
});
