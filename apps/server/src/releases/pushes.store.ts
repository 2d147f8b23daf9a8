import type { EntityManager } from 'typeorm';
import { insertRows } from '../database/write-rows.ts';
import type { PushEntity } from './push.entity.ts';

/** Begins the pushes of a revision; who carries them out finds them by the change log. */
export async function insertPushes(tx: EntityManager, pushes: readonly PushEntity[]): Promise<void> {
  await insertRows(tx, 'push', pushes);
}
