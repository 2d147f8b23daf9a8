import { Inject, Injectable } from '@nestjs/common';
import type { Content } from '@sluice/core';
import { Database } from '../database/database.ts';
import { EffectiveEntity } from '../releases/layer.entity.ts';
import type { ReleaseEntity } from '../releases/release.entity.ts';
import { ReleasesRead } from '../releases/releases.read.ts';
import type { Place } from './place.ts';
import { Targets } from './targets.ts';

/** A content that an instance holds, and the release that it is, if it is one alone. */
export interface HeldContent {
  readonly content: Content;
  readonly release?: ReleaseEntity;
}

/** Finds by its digest what an instance holds: a release, or what layers came to at some time. */
@Injectable()
export class HeldContentRead {
  readonly #database: Database;
  readonly #releases: ReleasesRead;
  readonly #targets: Targets;

  constructor(
    @Inject(Database) database: Database,
    @Inject(ReleasesRead) releases: ReleasesRead,
    @Inject(Targets) targets: Targets,
  ) {
    this.#database = database;
    this.#releases = releases;
    this.#targets = targets;
  }

  /** Undefined for a content that the server has no record of. */
  async find(place: Place, namespace: string, digest: string): Promise<HeldContent | undefined> {
    const row = await this.#releases.namespaceRow(place.environment, place.app, namespace);
    if (!row) return undefined;
    const release = await this.#releases.releaseByDigest(row.id, digest);
    if (release) return { content: JSON.parse(release.content) as Content, release };
    const composed = this.#targets.peek(place)?.contentOf(namespace, digest);
    if (composed) return { content: composed };
    const kept = await this.#database.read.findOneBy(EffectiveEntity, { namespaceId: row.id, digest });
    return kept ? { content: JSON.parse(kept.content) as Content } : undefined;
  }
}
