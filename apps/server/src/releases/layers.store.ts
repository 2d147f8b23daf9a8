import { movePush } from '@sluice/core';
import { type EntityManager, In, IsNull } from 'typeorm';
import { isPostgres } from '../database/returning.ts';
import { updateRow } from '../database/write-rows.ts';
import { LayerEntity } from './layer.entity.ts';
import { PushEntity } from './push.entity.ts';

/**
 * Ends all layers of a namespace that goes away. A push that has layers elsewhere goes on there; one that has none left
 * has ended with it.
 */
export async function endLayersOf(
  tx: EntityManager,
  namespaceId: string,
  revision: number,
  now: number,
): Promise<void> {
  const layers = await tx.findBy(LayerEntity, { namespaceId, endedRevision: IsNull() });
  if (layers.length === 0) return;
  await tx.update(
    LayerEntity,
    { namespaceId, endedRevision: IsNull() },
    { endedRevision: revision, endedAt: now },
  );
  const pushIds = [...new Set(layers.map((layer) => layer.pushId))].sort();
  const left = await tx.find(LayerEntity, {
    where: { pushId: In(pushIds), endedRevision: IsNull() },
    select: { rowId: true, pushId: true },
  });
  const lock = isPostgres(tx) ? { lock: { mode: 'pessimistic_write' as const } } : {};
  for (const id of pushIds) {
    if (left.some((layer) => layer.pushId === id)) continue;
    const { course, stateData } = await tx.findOneOrFail(PushEntity, { where: { id }, ...lock });
    const next = movePush(course, stateData, { event: 'abandon', now, reason: 'superseded' });
    if (!next.ok) continue;
    const ended = { reason: 'superseded' };
    await updateRow(tx, 'push', id, {
      state: next.value.state,
      stateData: next.value,
      ended,
      revision,
      settledAt: now,
    });
  }
}
