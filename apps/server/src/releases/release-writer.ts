import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type ContentDiff, emptyContent } from '@sluice/core';
import type { Released } from '@sluice/protocol';
import type { EntityManager } from 'typeorm';
import { Clock } from '../env/clock.ts';
import type { ChangeEntity, ReleaseKind } from '../feed/change.entity.ts';
import { Feed } from '../feed/feed.ts';
import type { Caller } from '../http/caller.ts';
import { type Sealed, seal } from './content/sealed.ts';
import { etagOf } from './etag.ts';
import { endLayersOf } from './layers.store.ts';
import { LinkedPushes } from './linked-pushes.ts';
import { LinkerFit } from './linker-fit.ts';
import type { NamespaceEntity } from './namespace.entity.ts';
import { namespacesStore } from './namespaces.store.ts';
import type { PushEntity, PushNamespaceEntity } from './push.entity.ts';
import { emptyVerdict, pushOf } from './push-model.ts';
import { insertPush, mostKeys } from './pushes.store.ts';
import type { ReleaseEntity } from './release.entity.ts';
import { releaseSummaryOf } from './release-model.ts';
import { releasesStore } from './releases.store.ts';

/** One namespace's new content. The row was locked and re-read in this transaction. */
export interface NewRelease {
  readonly namespace: NamespaceEntity;
  readonly kind: Exclude<ReleaseKind, 'delete'>;
  readonly sealed: Sealed;
  /** What differs from what was live; a document has the key `''`. */
  readonly keys: readonly string[];
  readonly restored?: number;
}

/** Who writes, at which revision, and why. */
export interface Writing {
  readonly caller: Caller;
  readonly revision: number;
  readonly message: string;
  /** Why it goes without the approvals that the environment asks for. */
  readonly emergency?: string | undefined;
}

/** Writes what a revision brings: releases, their pushes, what is live, and the change log. */
@Injectable()
export class ReleaseWriter {
  readonly #feed: Feed;
  readonly #clock: Clock;
  readonly #linked: LinkedPushes;
  readonly #fit: LinkerFit;

  constructor(
    @Inject(Feed) feed: Feed,
    @Inject(Clock) clock: Clock,
    @Inject(LinkedPushes) linked: LinkedPushes,
    @Inject(LinkerFit) fit: LinkerFit,
  ) {
    this.#feed = feed;
    this.#clock = clock;
    this.#linked = linked;
    this.#fit = fit;
  }

  /** One revision and one push for all of them. */
  async release(
    tx: EntityManager,
    writing: Writing,
    news: readonly NewRelease[],
  ): Promise<readonly Released[]> {
    const now = this.#clock.now();
    const [first] = news;
    if (!first) return [];
    const push = globalPush(first.namespace, writing, now);
    const releases = news.map((each) => releaseRow(writing, each, push.id, now));
    const shared = news.filter(({ namespace }) => namespace.isPublic);
    const becoming = shared.map((each) => ({ namespaceId: each.namespace.id, content: each.sealed.content }));
    const misfits = await this.#fit.warnings(tx, becoming, writing.caller);
    const namespaces = news.map((each, index) => pushNamespaceOf(each, releases[index]!));
    await insertPush(tx, push, namespaces);
    await this.#lay(tx, news, releases);
    await this.#feed.append(
      tx,
      news.map((each, index) => changeRow(each.namespace, releases[index]!)),
    );
    const open = namespaces.filter((_, index) => news[index]!.namespace.isPublic);
    await this.#linked.begin(tx, { ...push, goesBack: first.kind === 'rollback', namespaces: open });
    const answer = pushOf(push, namespaces, { verdict: emptyVerdict(now) });
    return releases.map((release) => {
      const warnings = misfits.get(release.namespaceId);
      return {
        release: releaseSummaryOf(release),
        push: answer,
        etag: etagOf(release.revision),
        ...(warnings && { warnings: [...warnings] }),
      };
    });
  }

  /** The same for a push whose row is written by who made it: only the releases, and what is live. */
  async releaseFor(
    tx: EntityManager,
    writing: Writing,
    news: readonly NewRelease[],
    pushId: string,
  ): Promise<readonly ReleaseEntity[]> {
    const releases = news.map((each) => releaseRow(writing, each, pushId, this.#clock.now()));
    await this.#lay(tx, news, releases);
    return releases;
  }

  async #lay(
    tx: EntityManager,
    news: readonly NewRelease[],
    releases: readonly ReleaseEntity[],
  ): Promise<void> {
    await releasesStore.insert(tx, releases);
    for (const [index, { namespace, sealed }] of news.entries()) {
      const release = releases[index]!;
      await namespacesStore.change(tx, namespace.id, {
        liveReleaseId: release.id,
        revision: release.revision,
        releaseCount: release.number,
        itemCount: sealed.itemCount,
        deletedAt: null,
      });
      await this.#linked.keepWhole(tx, { ...namespace, liveReleaseId: release.id });
    }
  }

  /** Ends what is live, and every layer. The namespace keeps its row and its history, where the deletion has a number of its own. */
  async delete(tx: EntityManager, writing: Writing, namespace: NamespaceEntity): Promise<void> {
    const now = this.#clock.now();
    const nothing = seal(emptyContent(namespace.kind, namespace.format ?? 'text'));
    const release: ReleaseEntity = {
      ...releaseRow(writing, { namespace, kind: 'publish', sealed: nothing, keys: [] }, null, now),
      kind: 'delete',
    };
    await releasesStore.insert(tx, [release]);
    await namespacesStore.change(tx, namespace.id, {
      liveReleaseId: null,
      revision: release.revision,
      releaseCount: release.number,
      itemCount: 0,
      deletedAt: now,
    });
    await endLayersOf(tx, namespace.id, writing.revision, now);
    await this.#feed.append(tx, [{ ...changeRow(namespace, release), release: null, digest: null }]);
  }
}

function releaseRow(
  { caller, revision, message }: Writing,
  { namespace, kind, sealed, restored }: NewRelease,
  pushId: string | null,
  now: number,
): ReleaseEntity {
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
    pushId,
    createdAt: now,
  };
}

/** A push to everyone, running from its first moment on. */
const globalPush = (
  { environment, app }: NamespaceEntity,
  { caller, revision, message, emergency }: Writing,
  now: number,
): PushEntity => ({
  id: randomUUID(),
  environment,
  app,
  mode: 'global',
  course: { mode: 'global' },
  target: { mode: 'global' },
  state: 'running',
  stateData: { state: 'running', step: 0, since: now, bakedMs: 0 },
  proposal: { changes: [] },
  planHash: null,
  variants: [],
  twoPhase: false,
  began: revision,
  revision,
  expiresAt: null,
  emergency: emergency ?? null,
  ended: null,
  of: null,
  createdBy: caller.principal.name,
  createdById: caller.principal.id,
  message,
  createdAt: now,
  settledAt: null,
  lastAppliedMs: null,
});

const pushNamespaceOf = ({ namespace, keys }: NewRelease, release: ReleaseEntity): PushNamespaceEntity => ({
  pushId: release.pushId!,
  namespaceId: namespace.id,
  namespace: namespace.name,
  release: release.number,
  digest: release.digest,
  keys: keys.slice(0, mostKeys),
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

/** The keys that differ, as a push names them. */
export function keysOf(diff: ContentDiff): string[] {
  if (diff.of === 'text') return diff.same ? [] : [''];
  return diff.changes.map((change) => change.key);
}
