import { type Content, SluiceError, threeWayDiff } from '@sluice/core';
import type { EntityManager } from 'typeorm';
import { draftEtagOf, etagOf } from './etag.ts';
import type { NamespaceEntity } from './namespace.entity.ts';
import { contentOf, releasesStore } from './releases.store.ts';

/** What somebody wanted to do, and what he took to be live. */
export interface Attempt {
  /** The revision that he started from. */
  readonly base: number;
  /** What he made of it; absent when he brought no content (a rollback, a deletion). */
  readonly yours?: Content;
  /** Of the draft that he may save again, merged. */
  readonly draftVersion?: number;
}

/** The 412 of a write whose base moved, with all that a merge needs: the three contents and the next ETag. */
export async function baseMoved(
  manager: EntityManager,
  namespace: NamespaceEntity,
  { base, yours, draftVersion }: Attempt,
): Promise<SluiceError> {
  const before = await releasesStore.contentAt(manager, namespace.id, base);
  const live = await releasesStore.live(manager, namespace.liveReleaseId);
  const { revision } = namespace;
  return new SluiceError(
    'base_moved',
    { revision, base },
    {
      details: {
        revision,
        base,
        etag: draftVersion === undefined ? etagOf(revision) : draftEtagOf(revision, draftVersion),
        threeWay: threeWayDiff(before, yours ?? before, live && contentOf(live)),
      },
    },
  );
}
