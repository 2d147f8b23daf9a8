import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { emptyContent } from '@sluice/core';
import type { Released } from '@sluice/protocol';
import type { EntityManager } from 'typeorm';
import { Clock } from '../env/clock.ts';
import type { ChangeEntity, ChangeKind } from '../feed/change.entity.ts';
import { Feed } from '../feed/feed.ts';
import type { Caller } from '../http/caller.ts';
import { type Sealed, seal } from './content/sealed.ts';
import { etagOf } from './etag.ts';
import type { NamespaceEntity } from './namespace.entity.ts';
import { namespacesStore } from './namespaces.store.ts';
import type { PushEntity } from './push.entity.ts';
import { emptyVerdict, pushOf } from './push-model.ts';
import { insertPushes } from './pushes.store.ts';
import type { ReleaseEntity } from './release.entity.ts';
import { releaseSummaryOf } from './release-model.ts';
import { releasesStore } from './releases.store.ts';

/** One namespace's new content. The row was locked and re-read in this transaction. */
export interface NewRelease {
  readonly namespace: NamespaceEntity;
  readonly kind: Exclude<ChangeKind, 'delete'>;
  readonly sealed: Sealed;
  readonly restored?: number;
}

/** Who writes, at which revision, and why. */
export interface Writing {
  readonly caller: Caller;
  readonly revision: number;
  readonly message: string;
}

/** Writes what a revision brings: releases, their pushes, what is live, and the change log. */
@Injectable()
export class ReleaseWriter {
  readonly #feed: Feed;
  readonly #clock: Clock;

  constructor(@Inject(Feed) feed: Feed, @Inject(Clock) clock: Clock) {
    this.#feed = feed;
    this.#clock = clock;
  }

  /** One revision for all of them. */
  async release(
    tx: EntityManager,
    writing: Writing,
    news: readonly NewRelease[],
  ): Promise<readonly Released[]> {
    const now = this.#clock.now();
    const written = news.map((each) => {
      const release = releaseRow(writing, each, now);
      return {
        namespace: each.namespace,
        sealed: each.sealed,
        release,
        push: pushRow(each.namespace, release),
      };
    });
    await releasesStore.insert(
      tx,
      written.map((w) => w.release),
    );
    await insertPushes(
      tx,
      written.map((w) => w.push),
    );
    for (const { namespace, sealed, release } of written)
      await namespacesStore.change(tx, namespace.id, {
        liveReleaseId: release.id,
        revision: release.revision,
        releaseCount: release.number,
        itemCount: sealed.itemCount,
        deletedAt: null,
      });
    await this.#feed.append(
      tx,
      written.map((w) => changeRow(w.namespace, w.release)),
    );
    return written.map(({ release, push }) => ({
      release: releaseSummaryOf(release),
      push: pushOf(push, emptyVerdict(now)),
      etag: etagOf(release.revision),
    }));
  }

  /** Ends what is live. The namespace keeps its row and its history, where the deletion has a number of its own. */
  async delete(tx: EntityManager, writing: Writing, namespace: NamespaceEntity): Promise<void> {
    const now = this.#clock.now();
    const nothing = seal(emptyContent(namespace.kind, namespace.format ?? 'text'));
    const release: ReleaseEntity = {
      ...releaseRow(writing, { namespace, kind: 'publish', sealed: nothing }, now),
      kind: 'delete',
      pushId: null,
    };
    await releasesStore.insert(tx, [release]);
    await namespacesStore.change(tx, namespace.id, {
      liveReleaseId: null,
      revision: release.revision,
      releaseCount: release.number,
      itemCount: 0,
      deletedAt: now,
    });
    await this.#feed.append(tx, [{ ...changeRow(namespace, release), release: null, digest: null }]);
  }
}

function releaseRow({ caller, revision, message }: Writing, news: NewRelease, now: number): ReleaseEntity {
  const { namespace, kind, sealed, restored } = news;
  return {
    id: randomUUID(),
    namespaceId: namespace.id,
    number: namespace.releaseCount + 1,
    revision,
    kind,
    digest: sealed.digest,
    sizeBytes: sealed.sizeBytes,
    content: sealed.text,
    message,
    author: caller.principal.name,
    restored: restored ?? null,
    pushId: randomUUID(),
    createdAt: now,
  };
}

const pushRow = (namespace: NamespaceEntity, release: ReleaseEntity): PushEntity => ({
  id: release.pushId!,
  environment: namespace.environment,
  app: namespace.app,
  namespace: namespace.name,
  namespaceId: namespace.id,
  mode: 'global',
  state: 'running',
  release: release.number,
  revision: release.revision,
  digest: release.digest,
  createdBy: release.author,
  message: release.message,
  createdAt: release.createdAt,
  settledAt: null,
  lastAppliedMs: null,
});

const changeRow = (namespace: NamespaceEntity, release: ReleaseEntity): ChangeEntity => ({
  environment: namespace.environment,
  revision: release.revision,
  namespaceId: namespace.id,
  kind: release.kind,
  app: namespace.app,
  namespace: namespace.name,
  release: release.number,
  pushId: release.pushId,
  digest: release.digest,
  actor: release.author,
  message: release.message,
  at: release.createdAt,
});
