import { type EntityManager, In } from 'typeorm';
import { insertRows } from '../database/write-rows.ts';
import { type PushEntity, PushNamespaceEntity } from './push.entity.ts';

/** Keys of a namespace that a push names at most. */
export const mostKeys = 20;

/** Begins a push; who carries it out finds it by the change log. */
export async function insertPush(
  tx: EntityManager,
  push: PushEntity,
  namespaces: readonly PushNamespaceEntity[],
): Promise<void> {
  await insertRows(tx, 'push', [push]);
  await insertRows(tx, 'push_namespace', namespaces);
}

/** What these pushes change, by push and name. */
export async function namespacesOf(
  manager: EntityManager,
  pushIds: readonly string[],
): Promise<ReadonlyMap<string, PushNamespaceEntity[]>> {
  const rows = await manager.find(PushNamespaceEntity, {
    where: { pushId: In(pushIds) },
    order: { namespace: 'ASC' },
  });
  return Map.groupBy(rows, (row) => row.pushId);
}
