import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { canonicalText, contentDigest } from '@sluice/core';
import type { EntityManager } from 'typeorm';
import { bulkUpsert } from '../database/bulk-upsert.ts';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { sha256 } from '../env/sha256.ts';
import { Feed } from '../feed/feed.ts';
import { composed } from './composed.ts';
import { type LinkingNamespace, linksStore } from './links.store.ts';
import type { NamespaceEntity } from './namespace.entity.ts';
import { PublishFreeze } from './publish-freeze.ts';
import type { PushEntity, PushNamespaceEntity } from './push.entity.ts';
import { insertPush } from './pushes.store.ts';
import { contentOf, releasesStore } from './releases.store.ts';

/** A push that has released something, in the transaction in which it did. */
export type Released = Pick<
  PushEntity,
  'id' | 'environment' | 'createdBy' | 'createdById' | 'message' | 'revision' | 'emergency'
> & {
  /** An old content came back, which goes through a freeze with a reason. */
  readonly goesBack: boolean;
  /** What was released of public ones, with the keys that it decides. */
  readonly namespaces: readonly Pick<PushNamespaceEntity, 'namespaceId' | 'keys'>[];
};

/**
 * Carries what is released of public namespaces on to the apps that link them: a push of its own for each, in the same
 * revision, so that their instances are sent it, prove it, and their people see it.
 */
@Injectable()
export class LinkedPushes {
  readonly #database: Database;
  readonly #feed: Feed;
  readonly #clock: Clock;
  readonly #freeze: PublishFreeze;

  constructor(
    @Inject(Database) database: Database,
    @Inject(Feed) feed: Feed,
    @Inject(Clock) clock: Clock,
    @Inject(PublishFreeze) freeze: PublishFreeze,
  ) {
    this.#database = database;
    this.#feed = feed;
    this.#clock = clock;
    this.#freeze = freeze;
  }

  /** Throws `frozen` where publishes are frozen for one of those apps: what its instances hold would change. */
  async begin(tx: EntityManager, push: Released): Promise<void> {
    const ids = push.namespaces.map(({ namespaceId }) => namespaceId);
    if (ids.length === 0) return;
    const linkers = await linksStore.downstream(tx, ids, true);
    const byApp = Map.groupBy(linkers, ({ row }) => row.app);
    const now = this.#clock.now();
    for (const app of [...byApp.keys()].sort()) {
      const place = { env: push.environment, app };
      if (push.goesBack) this.#freeze.requireOpenOrReason(place, push.emergency ?? undefined);
      else this.#freeze.requireOpen(place);
      const row = linkedPush(push, app, now);
      const namespaces = byApp.get(app)!.map((linker) => namespaceOf(row.id, linker, push));
      await insertPush(tx, row, namespaces);
      for (const linker of byApp.get(app)!) await this.keepWhole(tx, linker.row);
      await this.#feed.append(
        tx,
        byApp.get(app)!.map(({ row: { id, name } }) => ({
          environment: push.environment,
          revision: push.revision,
          namespaceId: id,
          kind: 'linked',
          app,
          namespace: name,
          release: null,
          pushId: row.id,
          digest: null,
          actor: push.createdBy,
          message: push.message,
          at: now,
        })),
      );
    }
  }

  /** What everybody holds of a namespace that links another is in no release: it is kept, to be shown by its digest. */
  async keepWhole(tx: EntityManager, row: NamespaceEntity): Promise<void> {
    if (row.linkId === null) return;
    const live = await releasesStore.live(tx, row.liveReleaseId);
    if (!live) return;
    const { content: below } = await linksStore.inherited(tx, row);
    const content = composed(row.kind, [...(below ? [below] : []), contentOf(live)])!;
    await bulkUpsert(tx, this.#database.dialect, {
      table: 'effective',
      key: ['namespace_id', 'digest'],
      columns: ['namespace_id', 'digest', 'content'],
      onConflict: 'keep',
      rows: [[row.id, contentDigest(content, sha256), canonicalText(content)]],
    });
  }
}

/** To everyone of another app, running from its first moment on. */
const linkedPush = (of: Released, app: string, now: number): PushEntity => ({
  id: randomUUID(),
  environment: of.environment,
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
  began: of.revision,
  revision: of.revision,
  expiresAt: null,
  emergency: of.emergency,
  ended: null,
  of: null,
  through: of.id,
  createdBy: of.createdBy,
  createdById: of.createdById,
  message: of.message,
  createdAt: now,
  settledAt: null,
  lastAppliedMs: null,
});

const namespaceOf = (
  pushId: string,
  { row, to }: LinkingNamespace,
  { namespaces }: Released,
): PushNamespaceEntity => ({
  pushId,
  namespaceId: row.id,
  namespace: row.name,
  release: null,
  digest: null,
  keys: namespaces.find(({ namespaceId }) => namespaceId === to)!.keys,
});
