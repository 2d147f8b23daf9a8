import { expect, it, jest } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { AuditLog } from '../../apps/server/src/audit/audit-log.ts';
import type { ChangeEntity } from '../../apps/server/src/feed/change.entity.ts';
import { Feed } from '../../apps/server/src/feed/feed.ts';
import { adminName, adminPassword, type BootedApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { onEachDatabase } from '../support/each-database.ts';
import { readRows } from '../support/rows.ts';
import { until } from '../support/until.ts';

async function deskOf(server: BootedApp): Promise<ConfigDesk> {
  await server.admin.call(contracts.createApp, { body: { name: 'orders' } });
  return new ConfigDesk(server.admin, 'prod', 'orders');
}

const counts = async (server: BootedApp): Promise<unknown> => {
  const tables = ['release', 'push', 'change', 'idempotency', 'draft', 'audit'];
  const found: Record<string, number> = {};
  for (const table of tables) {
    const [row] = await readRows<{ n: number | string }>(server, `SELECT count(*) AS n FROM ${table}`);
    found[table] = Number(row!.n);
  }
  const revisions = await readRows<{ revision: number | string }>(server, 'SELECT revision FROM environment');
  return { ...found, revisions: revisions.map((row) => Number(row.revision)) };
};

onEachDatabase('concurrent publishes', (boot) => {
  it('give the base to exactly one of two writers, and the other all that a merge needs', async () => {
    const desk = await deskOf(await boot());
    const { etag } = await desk.create('timeouts');
    const { etag: base } = await desk.publish('timeouts', { content: map({ a: 1, b: 1 }) }, etag);
    const answers = await Promise.all([
      desk.tryPublish('timeouts', { content: map({ a: 2, b: 1 }) }, base),
      desk.tryPublish('timeouts', { content: map({ a: 3, b: 1, c: 1 }) }, base),
    ]);
    expect(answers.map((a) => a.status).sort()).toEqual([201, 412]);
    const lost = answers.find((a) => a.status === 412)!;
    const now = await desk.get('timeouts');
    expect(lost.body).toMatchObject({
      code: 'base_moved',
      details: { revision: now.revision, etag: now.etag, threeWay: { of: 'items' } },
    });
    const { threeWay } = (
      lost.body as { details: { threeWay: { entries: { key: string; conflict: boolean }[] } } }
    ).details;
    expect(threeWay.entries.find((e) => e.key === 'a')).toMatchObject({ conflict: true, base: { value: 1 } });
    expect(threeWay.entries.some((e) => e.key === 'b')).toBe(false);
    expect(now.revision).toBe(2);
  });

  it('take revisions without a gap, and the feed tells them in their order, each once', async () => {
    const server = await boot();
    const desk = await deskOf(server);
    const names = Array.from({ length: 50 }, (_, i) => `ns-${i}`);
    for (const name of names) await desk.create(name);
    const told: ChangeEntity[] = [];
    server.app.get(Feed, { strict: false }).onChanges((_, changes) => told.push(...changes));
    const released = await Promise.all(
      names.map((name, i) => desk.publish(name, { content: map({ n: i }) }, '"0"')),
    );
    const wanted = Array.from({ length: 50 }, (_, i) => i + 1);
    expect(released.map((r) => r.release.revision).sort((a, b) => a - b)).toEqual(wanted);
    await until('all changes are told', async () => told.length >= 50);
    expect(told.map((change) => change.revision)).toEqual(wanted);
    const { items } = await server.admin.call(contracts.listEnvironments);
    expect(items[0]!.revision).toBe(50);
  });

  it('on one namespace from one base let one through, ten times over', async () => {
    const desk = await deskOf(await boot());
    let { etag } = await desk.create('timeouts');
    for (let round = 1; round <= 10; round++) {
      const answers = await Promise.all(
        [1, 2, 3, 4].map((writer) =>
          desk.tryPublish('timeouts', { content: map({ value: round * 10 + writer }) }, etag),
        ),
      );
      expect(answers.map((a) => a.status).sort()).toEqual([201, 412, 412, 412]);
      const now = await desk.get('timeouts');
      expect(now).toMatchObject({ revision: round, live: { number: round } });
      etag = now.etag;
    }
  });

  it('leave nothing behind when the transaction fails at its end', async () => {
    const server = await boot();
    const desk = await deskOf(server);
    const { etag } = await desk.create('timeouts');
    const saved = await server.admin.call(contracts.saveDraft, {
      params: desk.at('timeouts'),
      body: { content: map({ a: 1 }) },
      ifMatch: etag,
    });
    const before = await counts(server);
    const append = jest.spyOn(server.app.get(AuditLog, { strict: false }), 'append');
    append.mockRejectedValue(new Error('the disk of the audit is gone'));
    const failed = await desk.tryPublish('timeouts', { draft: true }, saved.etag, 'key-1');
    const file = { name: 'other', kind: 'map' as const, content: map({ b: 1 }) };
    const imported = await server.admin.attempt(contracts.importApp, {
      params: { env: 'prod', app: 'orders' },
      body: { namespaces: [file] },
    });
    append.mockRestore();
    expect([failed.status, imported.status]).toEqual([500, 500]);
    expect(JSON.stringify([failed.body, imported.body])).not.toContain('disk of the audit');
    expect(await counts(server)).toEqual(before);
    expect((await desk.tryPublish('timeouts', { draft: true }, saved.etag, 'key-1')).status).toBe(201);
    expect((await desk.get('timeouts')).revision).toBe(1);
  });

  it('with one Idempotency-Key are one publish, however many come at once', async () => {
    const server = await boot();
    const desk = await deskOf(server);
    const { etag } = await desk.create('timeouts');
    const send = (value: number) =>
      desk.tryPublish('timeouts', { content: map({ value }), message: 'once' }, etag, 'key-1');
    const answers = await Promise.all([send(1), send(1), send(1), send(1)]);
    expect(answers.map((a) => a.status)).toEqual([201, 201, 201, 201]);
    for (const answer of answers) expect(answer.body).toEqual(answers[0]!.body);
    expect(await desk.get('timeouts')).toMatchObject({ revision: 1, live: { number: 1 } });
    expect((await send(1)).body).toEqual(answers[0]!.body);
    expect(await send(2)).toMatchObject({ status: 409, body: { code: 'idempotency_mismatch' } });
    server.advance(25 * 60 * 60 * 1000);
    const tomorrow = desk.as(await server.signIn(adminName, adminPassword));
    const forgotten = await tomorrow.tryPublish('timeouts', { content: map({ value: 9 }) }, '"1"', 'key-1');
    expect(forgotten.status).toBe(201);
  });
});
