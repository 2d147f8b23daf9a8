import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isName } from '@sluice/core';
import type { Clock } from '../clock.ts';
import { sha256 } from '../snapshot/sha256.ts';
import { unfinishedSuffix } from './durable-write.ts';
import { ownFolder } from './safe-folder.ts';
import { SlotLock } from './slot-lock.ts';

const mostSlots = 256;

/** One place in the cache folder that this client has for itself. */
export interface Slot {
  readonly folder: string;
  /** 0 for the first process, 1 for the second beside it. */
  readonly index: number;
  readonly lock: SlotLock;
}

/** Where slots are looked for. */
export interface SlotSearch {
  readonly root: string;
  readonly environment: string;
  readonly app: string;
  /** Processes that know their name get a slot of that name, so that they find their own values again. */
  readonly instanceId: string | undefined;
}

/** `0`, `1`, ... for processes without a name of their own, else `name`, `name~2`, ... */
export function slotName({ instanceId }: SlotSearch, index: number): string {
  if (instanceId === undefined) return String(index);
  const base = isName(instanceId) ? instanceId : `h-${sha256(instanceId).slice(0, 24)}`;
  return index === 0 ? base : `${base}~${index + 1}`;
}

/**
 * Takes the first free slot; undefined when all are taken. Throws when the folder can't be used. `lost` is called when
 * the slot has been taken away, or removed.
 */
export async function takeSlot(
  search: SlotSearch,
  clock: Clock,
  lost: () => void,
): Promise<Slot | undefined> {
  for (let index = 0; index < mostSlots; index++) {
    const parts = [search.environment, search.app, slotName(search, index)];
    const folder = await ownFolder(search.root, parts);
    const lock = await SlotLock.take(folder, clock, lost);
    if (!lock) continue;
    for (const name of await readdir(folder))
      if (name.endsWith(unfinishedSuffix)) await rm(join(folder, name), { force: true });
    return { folder, index, lock };
  }
  return undefined;
}
