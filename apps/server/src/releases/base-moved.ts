import {
  type Content,
  canonicalText,
  type Json,
  maskedAsLive,
  SluiceError,
  type ThreeWayDiff,
  threeWayDiff,
} from '@sluice/core';
import type { EntityManager } from 'typeorm';
import { isSealed } from '../env/sealed-value.ts';
import { draftEtagOf, etagOf } from './etag.ts';
import type { NamespaceEntity } from './namespace.entity.ts';
import { contentOf, releasesStore } from './releases.store.ts';
import { withSealsOf } from './secrets/opened.ts';

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
        threeWay: toldAsLive(
          threeWayDiff(
            before,
            withSealsOf(yours ?? before, before),
            withSealsOf(live && contentOf(live), before),
          ),
        ),
      },
    },
  );
}

/** Of secrets a merge sees masks only: that of one that others changed is another, so that taking it takes it. */
function toldAsLive(diff: ThreeWayDiff): ThreeWayDiff {
  if (diff.of === 'text') return diff;
  const entries = diff.entries.map((entry) => {
    const { base, theirs } = entry;
    if (canonicalText(theirs ?? null) === canonicalText(base ?? null)) return entry;
    if (typeof theirs !== 'object' || theirs === null || Array.isArray(theirs)) return entry;
    const item = theirs as { readonly [field: string]: Json };
    return isSealed(item.value) ? { ...entry, theirs: { ...item, value: maskedAsLive } } : entry;
  });
  return { of: 'items', entries };
}
