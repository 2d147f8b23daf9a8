import { randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Content, SluiceError, threeWayDiff } from '@sluice/core';
import type { Contracts, Draft, ResponseOf } from '@sluice/protocol';
import { AuditLog } from '../audit/audit-log.ts';
import { Database } from '../database/database.ts';
import { isUniqueViolation } from '../database/unique-violation.ts';
import { Clock } from '../env/clock.ts';
import type { Input } from '../http/input.decorator.ts';
import { baseMoved } from './base-moved.ts';
import { ContentCheck } from './content/content-check.ts';
import type { DraftEntity } from './draft.entity.ts';
import { draftsStore } from './drafts.store.ts';
import { baseOf, draftEtagOf, etagOf } from './etag.ts';
import { LinksService } from './links.service.ts';
import type { NamespaceEntity } from './namespace.entity.ts';
import { NamespaceFinder } from './namespace-finder.ts';
import { addressOf } from './namespaces.store.ts';
import { contentOf, releasesStore } from './releases.store.ts';
import { changedSecrets } from './secrets/opened.ts';
import { mentionsSecrets, SecretDoor } from './secrets/secret-door.ts';

/** Everybody's own unpublished edits. */
@Injectable()
export class DraftsService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #clock: Clock;
  readonly #check: ContentCheck;
  readonly #door: SecretDoor;
  readonly #finder: NamespaceFinder;
  readonly #links: LinksService;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(Clock) clock: Clock,
    @Inject(ContentCheck) check: ContentCheck,
    @Inject(SecretDoor) door: SecretDoor,
    @Inject(NamespaceFinder) finder: NamespaceFinder,
    @Inject(LinksService) links: LinksService,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#clock = clock;
    this.#check = check;
    this.#door = door;
    this.#finder = finder;
    this.#links = links;
  }

  async get({ params, caller }: Input<Contracts['getDraft']>): Promise<ResponseOf<Contracts['getDraft']>> {
    const namespace = await this.#finder.existing(params);
    const { read } = this.#database;
    const me = caller.principal.id;
    const draft = await draftsStore.of(read, namespace.id, me);
    const stash = await draftsStore.stashOf(read, namespace.id, me);
    const others = await draftsStore.ofOthers(read, namespace.id, me);
    return {
      ...(draft && { draft: await this.#draftOf(draft, namespace) }),
      ...(stash && {
        stash: {
          content: JSON.parse(stash.content) as Content,
          baseRevision: stash.baseRevision,
          stashedAt: new Date(stash.stashedAt).toISOString(),
        },
      }),
      others: others.map((o) => ({ owner: o.ownerName, updatedAt: new Date(o.updatedAt).toISOString() })),
    };
  }

  /** On a base that is live. A draft whose base moved is saved on the new base after a merge: that rebases it. */
  async save({ params, body, caller, ifMatch }: Input<Contracts['saveDraft']>): Promise<Draft> {
    const base = baseOf(ifMatch);
    const { id: ownerId, name: ownerName } = caller.principal;
    const namespace = await this.#finder.existing(params);
    const mine = await draftsStore.of(this.#database.read, namespace.id, ownerId);
    const content = await this.#taken(body.content, namespace, base.revision, mine);
    if (base.revision !== namespace.revision)
      throw await baseMoved(this.#database.read, namespace, {
        base: base.revision,
        yours: content,
        ...(mine && { draftVersion: mine.version }),
      });
    if (base.version !== mine?.version) throw await this.#draftMoved(namespace, content, mine);
    const shape = await this.#links.shapeOf(this.#database.read, namespace);
    const sealed = this.#check.check(content, shape, { path: 'content' });
    const row: DraftEntity = {
      namespaceId: namespace.id,
      ownerId,
      ownerName,
      baseRevision: base.revision,
      // Begins anywhere, so that the ETag of a draft that was thrown away never fits a later one.
      version: mine ? mine.version + 1 : randomInt(1, 100_000_000),
      content: sealed.text,
      updatedAt: this.#clock.now(),
    };
    const isSaved = await this.#database
      .write(async (tx) => {
        if (!mine) await draftsStore.insert(tx, row);
        else if (!(await draftsStore.replace(tx, row))) return false;
        await this.#audit.append(tx, caller, {
          action: 'draft.save',
          environment: params.env,
          app: params.app,
          target: params.ns,
          detail: { baseRevision: row.baseRevision, digest: sealed.digest, sizeBytes: sealed.sizeBytes },
        });
        return true;
      })
      .catch((error: unknown) => {
        if (isUniqueViolation(error)) return false;
        throw error;
      });
    if (!isSaved) {
      const now = await draftsStore.of(this.#database.read, namespace.id, ownerId);
      throw await this.#draftMoved(namespace, content, now);
    }
    return this.#draftOf(row, namespace);
  }

  /** A value that was only masked is looked for in the draft, in what it began from, and in what is live. */
  async #taken(
    content: Content,
    namespace: NamespaceEntity,
    base: number,
    mine: DraftEntity | undefined,
  ): Promise<Content> {
    const { read } = this.#database;
    const at = (revision: number) => releasesStore.contentAt(read, namespace.id, revision);
    const known = mentionsSecrets(content)
      ? [mine && (JSON.parse(mine.content) as Content), await at(base), await at(namespace.revision)]
      : [];
    return this.#door.content(content, { address: addressOf(namespace), known, path: 'content' });
  }

  async discard({ params, query, caller }: Input<Contracts['discardDraft']>): Promise<void> {
    const namespace = await this.#finder.existing(params);
    const isStash = query.stash === 'true';
    await this.#database.write(async (tx) => {
      const me = caller.principal.id;
      const isGone = isStash
        ? await draftsStore.removeStash(tx, namespace.id, me)
        : await draftsStore.remove(tx, namespace.id, me);
      if (!isGone) return;
      await this.#audit.append(tx, caller, {
        action: isStash ? 'draft.discardStash' : 'draft.discard',
        environment: params.env,
        app: params.app,
        target: params.ns,
      });
    });
  }

  /** The 412 of a save over a draft that one hasn't seen: sent from another tab, published or thrown away there. */
  async #draftMoved(
    namespace: NamespaceEntity,
    yours: Content,
    saved: DraftEntity | undefined,
  ): Promise<SluiceError> {
    const base = await releasesStore.contentAt(
      this.#database.read,
      namespace.id,
      saved?.baseRevision ?? namespace.revision,
    );
    const theirs = saved ? (JSON.parse(saved.content) as Content) : base;
    return new SluiceError(
      'draft_moved',
      {},
      {
        details: {
          revision: namespace.revision,
          etag: saved ? draftEtagOf(namespace.revision, saved.version) : etagOf(namespace.revision),
          threeWay: threeWayDiff(base, yours, theirs),
        },
      },
    );
  }

  async #draftOf(row: DraftEntity, namespace: NamespaceEntity): Promise<Draft> {
    const content = JSON.parse(row.content) as Content;
    const live = mentionsSecrets(content)
      ? await releasesStore.live(this.#database.read, namespace.liveReleaseId)
      : undefined;
    return {
      owner: row.ownerName,
      baseRevision: row.baseRevision,
      content,
      etag: draftEtagOf(row.baseRevision, row.version),
      baseMoved: row.baseRevision !== namespace.revision,
      changedSecrets: changedSecrets(live && contentOf(live), content),
      updatedAt: new Date(row.updatedAt).toISOString(),
    };
  }
}
