import { Inject, Injectable } from '@nestjs/common';
import type { Content } from '@sluice/core';
import type { Contracts, ResponseOf } from '@sluice/protocol';
import { IsNull } from 'typeorm';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import type { Input } from '../http/input.decorator.ts';
import { NamespaceEntity } from './namespace.entity.ts';
import { ReleasesRead } from './releases.read.ts';

/** An app's live configs as one file, such as an import takes. */
@Injectable()
export class ExportRead {
  readonly #database: Database;
  readonly #catalog: CatalogRead;
  readonly #releases: ReleasesRead;

  constructor(
    @Inject(Database) database: Database,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(ReleasesRead) releases: ReleasesRead,
  ) {
    this.#database = database;
    this.#catalog = catalog;
    this.#releases = releases;
  }

  async export({ params }: Input<Contracts['exportApp']>): Promise<ResponseOf<Contracts['exportApp']>> {
    const { env: environment, app } = params;
    await this.#catalog.requireApp(environment, app);
    const live = await this.#releases.liveOf(environment, app);
    const described = await this.#database.read.find(NamespaceEntity, {
      where: { environment, app, deletedAt: IsNull() },
      select: { id: true, description: true },
    });
    const descriptions = new Map(described.map((row) => [row.id, row.description]));
    return {
      app,
      environment,
      revision: live.revision,
      namespaces: live.namespaces.map((namespace) => {
        const content = JSON.parse(namespace.body) as Content;
        return {
          name: namespace.name,
          kind: namespace.kind,
          ...(content.kind === 'document' && { format: content.format }),
          description: descriptions.get(namespace.namespaceId) ?? '',
          schema: namespace.schema ?? null,
          content,
        };
      }),
    };
  }
}
