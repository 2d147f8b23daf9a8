import { Inject, Injectable } from '@nestjs/common';
import type { Content, PublicNamespace } from '@sluice/core';
import type { Contracts, Namespace, NamespaceDetail } from '@sluice/protocol';
import { In, IsNull } from 'typeorm';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import type { Caller } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';
import { DraftEntity } from './draft.entity.ts';
import { etagOf } from './etag.ts';
import { linksStore } from './links.store.ts';
import { NamespaceEntity } from './namespace.entity.ts';
import { NamespaceFinder } from './namespace-finder.ts';
import type { Address } from './namespaces.store.ts';
import { ReleaseEntity } from './release.entity.ts';
import { type ReleaseRow, releaseSummaryOf, summaryColumns } from './release-model.ts';
import { contentOf, releasesStore } from './releases.store.ts';

/** Namespaces as people read them. */
@Injectable()
export class NamespacesRead {
  readonly #database: Database;
  readonly #catalog: CatalogRead;
  readonly #finder: NamespaceFinder;

  constructor(
    @Inject(Database) database: Database,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(NamespaceFinder) finder: NamespaceFinder,
  ) {
    this.#database = database;
    this.#catalog = catalog;
    this.#finder = finder;
  }

  async list({ params, caller }: Input<Contracts['listNamespaces']>): Promise<{ items: Namespace[] }> {
    await this.#catalog.requireApp(params.env, params.app);
    const rows = await this.#database.read.find(NamespaceEntity, {
      where: { environment: params.env, app: params.app, deletedAt: IsNull() },
      order: { name: 'ASC' },
    });
    const live = await this.#database.read.find(ReleaseEntity, {
      where: { id: In(rows.flatMap((row) => row.liveReleaseId ?? [])) },
      select: summaryColumns,
    });
    const drafts = await this.#database.read.find(DraftEntity, {
      where: { namespaceId: In(rows.map((row) => row.id)), ownerId: caller.principal.id },
      select: { namespaceId: true, ownerId: true },
    });
    const liveById = new Map(live.map((release) => [release.id, release]));
    const drafted = new Set(drafts.map((draft) => draft.namespaceId));
    const links = await this.#linksOf(rows);
    return {
      items: rows.map((row) =>
        namespaceOf(row, liveById.get(row.liveReleaseId ?? ''), drafted.has(row.id), links),
      ),
    };
  }

  /** Where those that link something lead to, by id. */
  async #linksOf(rows: readonly NamespaceEntity[]): Promise<ReadonlyMap<string, PublicNamespace>> {
    const ids = rows.flatMap(({ linkId }) => linkId ?? []);
    if (ids.length === 0) return new Map();
    const homes = await this.#database.read.findBy(NamespaceEntity, { id: In(ids) });
    return new Map(homes.map(({ id, app, name }) => [id, { app, namespace: name }]));
  }

  async get(address: Address, caller: Caller): Promise<NamespaceDetail> {
    const row = await this.#finder.existing(address);
    const live = await releasesStore.live(this.#database.read, row.liveReleaseId);
    const hasDraft = await this.#database.read.existsBy(DraftEntity, {
      namespaceId: row.id,
      ownerId: caller.principal.id,
    });
    const { chain, content, schema } = await linksStore.inherited(this.#database.read, row);
    const links = await this.#linksOf([row]);
    return {
      ...namespaceOf(row, live, hasDraft, links),
      schema: schema ?? row.schema,
      ...(live && { target: contentOf(live) }),
      ...(content && {
        inherited: {
          content,
          chain: chain.map(({ row: { app, name }, release }) => ({
            app,
            namespace: name,
            release: release.number,
            keys: keysGiven(contentOf(release)),
          })),
        },
      }),
      linkers: (await linksStore.downstream(this.#database.read, [row.id])).length,
    };
  }
}

/** The keys that a content gives a value, or takes away, for those who lie over it. */
const keysGiven = (content: Content): string[] =>
  content.kind === 'document' ? [''] : Object.keys(content.items).sort();

function namespaceOf(
  row: NamespaceEntity,
  live: ReleaseRow | undefined,
  hasDraft: boolean,
  links: ReadonlyMap<string, PublicNamespace>,
): Namespace {
  const link = links.get(row.linkId ?? '');
  return {
    app: row.app,
    name: row.name,
    kind: row.kind,
    ...(row.format !== null && { format: row.format }),
    description: row.description,
    revision: row.revision,
    etag: etagOf(row.revision),
    ...(live && { live: releaseSummaryOf(live) }),
    itemCount: row.itemCount,
    hasDraft,
    public: row.isPublic,
    ...(link && { link }),
    createdAt: new Date(row.createdAt).toISOString(),
  };
}
