import { Inject, Injectable } from '@nestjs/common';
import type { Content } from '@sluice/core';
import type { Contracts, ResponseOf } from '@sluice/protocol';
import { In, IsNull } from 'typeorm';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import { requirePermission } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';
import { NamespaceEntity } from './namespace.entity.ts';
import { ReleasesRead } from './releases.read.ts';
import { openedContent } from './secrets/opened.ts';
import { RevealService } from './secrets/reveal.service.ts';

/** An app's live configs as one file, such as an import takes. */
@Injectable()
export class ExportRead {
  readonly #database: Database;
  readonly #catalog: CatalogRead;
  readonly #releases: ReleasesRead;
  readonly #reveals: RevealService;

  constructor(
    @Inject(Database) database: Database,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(ReleasesRead) releases: ReleasesRead,
    @Inject(RevealService) reveals: RevealService,
  ) {
    this.#database = database;
    this.#catalog = catalog;
    this.#releases = releases;
    this.#reveals = reveals;
  }

  async export({
    params,
    query,
    caller,
  }: Input<Contracts['exportApp']>): Promise<ResponseOf<Contracts['exportApp']>> {
    const { env: environment, app } = params;
    const isRevealed = query.secrets === 'reveal';
    if (isRevealed) requirePermission(caller, 'secret:read', { environment, app });
    await this.#catalog.requireApp(environment, app);
    const live = await this.#releases.liveOf(environment, app);
    const described = await this.#database.read.find(NamespaceEntity, {
      where: { environment, app, deletedAt: IsNull() },
      select: { id: true, description: true, isPublic: true, linkId: true },
    });
    const rows = new Map(described.map((row) => [row.id, row]));
    const linkIds = described.flatMap(({ linkId }) => linkId ?? []);
    const homes = await this.#database.read.findBy(NamespaceEntity, { id: In(linkIds) });
    const links = new Map(homes.map(({ id, app, name }) => [id, { app, namespace: name }]));
    if (isRevealed) await this.#reveals.tellExport(caller, { environment, app }, live);
    return {
      app,
      environment,
      revision: live.revision,
      namespaces: live.namespaces.map((namespace) => {
        const stored = JSON.parse(namespace.body) as Content;
        const content = isRevealed ? openedContent(stored) : stored;
        const row = rows.get(namespace.namespaceId);
        const link = links.get(row?.linkId ?? '');
        return {
          name: namespace.name,
          kind: namespace.kind,
          ...(content.kind === 'document' && { format: content.format }),
          description: row?.description ?? '',
          ...(row?.isPublic && { public: true }),
          ...(link && { link }),
          schema: namespace.schema ?? null,
          content,
        };
      }),
    };
  }
}
