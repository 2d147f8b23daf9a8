import {
  type AimedNamespace,
  type Course,
  movePush,
  type PushEvent,
  type PushState,
  SluiceError,
} from '@sluice/core';
import type { EntityManager } from 'typeorm';
import { isPostgres } from '../database/returning.ts';
import { updateRow } from '../database/write-rows.ts';
import type { Place } from '../fleet/place.ts';
import { PushEntity } from '../releases/push.entity.ts';
import { wrongState } from './refusals.ts';
import type { Standing } from './standing.ts';

/** The push of this place, or a 404. */
export async function requirePush(manager: EntityManager, place: Place, pushId: string): Promise<PushEntity> {
  const row = await manager.findOneBy(PushEntity, { id: pushId, ...place });
  if (!row) throw new SluiceError('not_found', { what: { en: 'push', zh: '推送' } });
  return row;
}

/** Takes the row's lock and reads what it says now. Only one transition is beyond this line. */
export async function lockPush(tx: EntityManager, pushId: string): Promise<PushEntity> {
  const lock = isPostgres(tx) ? { lock: { mode: 'pessimistic_write' as const } } : {};
  return tx.findOneOrFail(PushEntity, { where: { id: pushId }, ...lock });
}

/** Where an event leads, or the 409 that says why it doesn't. */
export function moved(course: Course, state: PushState, event: PushEvent): PushState {
  const next = movePush(course, state, event);
  if (next.ok) return next.value;
  throw wrongState(next.refusal);
}

/** Whether it made a release: that is undone by another one, and not taken away. */
export const isForEveryone = ({ mode, state }: PushEntity): boolean =>
  mode === 'global' || state === 'promoting' || state === 'promoted';

/** Writes where a push is now, with whatever else is new of it. */
export async function writeState(
  tx: EntityManager,
  pushId: string,
  stateData: PushState,
  more: Partial<Omit<PushEntity, 'id' | 'state' | 'stateData'>> = {},
): Promise<void> {
  await updateRow(tx, 'push', pushId, { state: stateData.state, stateData, ...more });
}

/** Pushes that had layers for some instances and have none any more. */
export function bereftPushes(before: Standing, after: readonly AimedNamespace[], own: string): string[] {
  const aimed = (namespaces: readonly AimedNamespace[]): Set<string> =>
    new Set(
      namespaces.flatMap((each) => each.layers.filter((l) => l.kind !== 'global').map((l) => l.pushId)),
    );
  const left = aimed(after);
  return [...aimed(before.namespaces)].filter((pushId) => pushId !== own && !left.has(pushId));
}

/** Ends pushes whose layers another push has taken away. */
export async function supersede(tx: EntityManager, pushIds: readonly string[], now: number): Promise<void> {
  for (const pushId of [...pushIds].sort()) {
    const row = await lockPush(tx, pushId);
    const next = movePush(row.course, row.stateData, { event: 'abandon', now, reason: 'superseded' });
    if (next.ok)
      await writeState(tx, pushId, next.value, { ended: { reason: 'superseded' }, settledAt: now });
  }
}
