import { expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { Database } from '../../apps/server/src/database/database.ts';
import { insertRows } from '../../apps/server/src/database/write-rows.ts';
import type { ChangeEntity } from '../../apps/server/src/feed/change.entity.ts';
import { Feed } from '../../apps/server/src/feed/feed.ts';
import type { NamespaceEntity } from '../../apps/server/src/releases/namespace.entity.ts';
import { namespacesStore, newNamespace } from '../../apps/server/src/releases/namespaces.store.ts';
import { onEachDatabase } from '../support/each-database.ts';

const change = ({ id, name }: NamespaceEntity, revision: number): ChangeEntity => ({
  environment: 'prod',
  revision,
  namespaceId: id,
  kind: 'publish',
  app: 'orders',
  namespace: name,
  release: 1,
  pushId: null,
  digest: null,
  actor: 'somebody',
  message: '',
  at: 0,
});

onEachDatabase('the change log', (boot) => {
  it('is handed on in whole revisions, in order and once, however many rows a revision has', async () => {
    const { app, admin } = await boot();
    await admin.call(contracts.createApp, { body: { name: 'orders' } });
    const feed = app.get(Feed, { strict: false });
    const database = app.get(Database, { strict: false });
    const rowsOf = [3, 1200, 2, 1000, 1];
    const heard: [number, number][] = [];
    const done = new Promise<void>((resolve) =>
      feed.onChanges((_, changes) => {
        for (const [revision, rows] of Map.groupBy(changes, (each) => each.revision))
          heard.push([revision, rows.length]);
        if (heard.length === rowsOf.length) resolve();
      }),
    );
    const described = {
      kind: 'map',
      format: null,
      schema: null,
      description: '',
      isPublic: false,
      linkId: null,
    } as const;
    const namespaces = Array.from({ length: Math.max(...rowsOf) }, (_, index) =>
      newNamespace({ env: 'prod', app: 'orders', ns: `n-${index}` }, described, 0),
    );
    await database.write(async (tx) => {
      for (const row of namespaces) await namespacesStore.insert(tx, row);
      for (const count of rowsOf) {
        const { revision } = await feed.take(tx, 'prod');
        await insertRows(
          tx,
          'change',
          namespaces.slice(0, count).map((row) => change(row, revision)),
        );
      }
    });
    feed.committed('prod');
    await done;
    const first = heard[0]![0];
    expect(heard).toEqual(rowsOf.map((count, index) => [first + index, count]));
  });
});
