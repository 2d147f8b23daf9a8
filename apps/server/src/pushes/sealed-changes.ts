import type { Content, ItemsPatch } from '@sluice/core';
import type { PushChange } from '@sluice/protocol';
import type { EntityManager } from 'typeorm';
import type { Place } from '../fleet/place.ts';
import { namespacesStore } from '../releases/namespaces.store.ts';
import { contentOf, releasesStore } from '../releases/releases.store.ts';
import { mentionsSecrets, type SecretDoor } from '../releases/secrets/secret-door.ts';

/** What a push asks for, taken in through the door. A value that is only masked is the one that is live for everyone. */
export async function sealedChanges(
  manager: EntityManager,
  door: SecretDoor,
  { environment, app }: Place,
  changes: readonly PushChange[],
): Promise<readonly PushChange[]> {
  return Promise.all(
    changes.map(async (change, index): Promise<PushChange> => {
      if ('draft' in change) return change;
      const asked = ('content' in change ? change.content : change.changes) as Content | ItemsPatch;
      const address = { env: environment, app, ns: change.namespace };
      const known = mentionsSecrets(asked) ? await knownOf(manager, address, change.base) : [];
      const field = 'content' in change ? 'content' : 'changes';
      const incoming = { address, known, path: `changes.${index}.${field}` };
      if ('content' in change)
        return { ...change, content: door.content(asked as Content, incoming) } as PushChange;
      return { ...change, changes: door.patch(asked as ItemsPatch, incoming) } as PushChange;
    }),
  );
}

async function knownOf(
  manager: EntityManager,
  address: { readonly env: string; readonly app: string; readonly ns: string },
  base: number | undefined,
): Promise<(Content | undefined)[]> {
  const row = await namespacesStore.at(manager, address);
  if (!row) return [];
  const live = await releasesStore.live(manager, row.liveReleaseId);
  const isMoved = base !== undefined && base !== row.revision;
  const before = isMoved ? await releasesStore.contentAt(manager, row.id, base) : undefined;
  return [before, live && contentOf(live)];
}
