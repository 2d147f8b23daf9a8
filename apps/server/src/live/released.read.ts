import { Inject, Injectable } from '@nestjs/common';
import type { ReleaseSummary } from '@sluice/protocol';
import { Database } from '../database/database.ts';
import { ReleaseEntity } from '../releases/release.entity.ts';
import { releaseSummaryOf, summaryColumns } from '../releases/release-model.ts';
import { ReleasesRead } from '../releases/releases.read.ts';
import type { GatheredChange } from './gathering.ts';

/** Releases as pages are told of them. */
@Injectable()
export class ReleasedRead {
  readonly #database: Database;
  readonly #releases: ReleasesRead;

  constructor(@Inject(Database) database: Database, @Inject(ReleasesRead) releases: ReleasesRead) {
    this.#database = database;
    this.#releases = releases;
  }

  /** The release of a change; undefined after a deletion. */
  async summary(
    environment: string,
    change: GatheredChange,
  ): Promise<{ app: string; namespace: string; release: ReleaseSummary } | undefined> {
    if (change.release === null) return undefined;
    const namespace = await this.#releases.namespaceRow(environment, change.app, change.namespace);
    if (!namespace) return undefined;
    const where = { namespaceId: namespace.id, number: change.release };
    const row = await this.#database.read.findOne(ReleaseEntity, { where, select: summaryColumns });
    return row ? { app: change.app, namespace: change.namespace, release: releaseSummaryOf(row) } : undefined;
  }
}
