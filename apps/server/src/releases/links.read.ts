import { Inject, Injectable } from '@nestjs/common';
import type { Contracts, PublicNamespaceEntry, ResponseOf } from '@sluice/protocol';
import { In, IsNull } from 'typeorm';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import { may } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';
import { linksStore } from './links.store.ts';
import { NamespaceEntity } from './namespace.entity.ts';
import { NamespaceFinder } from './namespace-finder.ts';
import { ReleaseEntity } from './release.entity.ts';

/** Public namespaces and who links them, as people read it. */
@Injectable()
export class LinksRead {
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

  async listPublic({
    params: { env: environment },
    caller,
  }: Input<Contracts['listPublicNamespaces']>): Promise<{ items: PublicNamespaceEntry[] }> {
    const { read } = this.#database;
    await this.#catalog.requireEnvironment(environment);
    const all = await read.find(NamespaceEntity, {
      where: { environment, isPublic: true, deletedAt: IsNull() },
      order: { app: 'ASC', name: 'ASC' },
    });
    const rows = all.filter(({ app }) => may(caller, 'config:read', { environment, app }));
    const live = await read.find(ReleaseEntity, {
      where: { id: In(rows.flatMap((row) => row.liveReleaseId ?? [])) },
      select: { id: true, number: true },
    });
    const numbers = new Map(live.map(({ id, number }) => [id, number]));
    const items = await Promise.all(
      rows.map(async (row): Promise<PublicNamespaceEntry> => {
        const release = numbers.get(row.liveReleaseId ?? '');
        return {
          app: row.app,
          namespace: row.name,
          kind: row.kind,
          description: row.description,
          ...(release !== undefined && { release }),
          chain: (await linksStore.upstream(read, row)).map(({ app, name }) => ({ app, namespace: name })),
        };
      }),
    );
    return { items };
  }

  async listLinkers({
    params,
    caller,
  }: Input<Contracts['listLinkers']>): Promise<ResponseOf<Contracts['listLinkers']>> {
    const namespace = await this.#finder.existing(params);
    const all = await linksStore.downstream(this.#database.read, [namespace.id]);
    const items = all
      .filter(({ row: { environment, app } }) => may(caller, 'config:read', { environment, app }))
      .map(({ row, depth }) => ({
        app: row.app,
        namespace: row.name,
        depth,
        live: row.liveReleaseId !== null,
        overrides: row.itemCount,
      }));
    items.sort(
      (a, b) => a.depth - b.depth || (`${a.app} ${a.namespace}` < `${b.app} ${b.namespace}` ? -1 : 1),
    );
    return { total: all.length, items };
  }
}
