import { Inject, Injectable } from '@nestjs/common';
import { type Content, type NamespaceKind, SluiceError } from '@sluice/core';
import { Database } from '../database/database.ts';
import { EnvironmentEntity } from '../feed/change.entity.ts';
import { type JsonSchema, NamespaceEntity } from './namespace.entity.ts';
import { ReleaseEntity } from './release.entity.ts';

/** What is live of one namespace, as instances are sent it. */
export interface LiveNamespace {
  readonly namespaceId: string;
  readonly name: string;
  readonly kind: NamespaceKind;
  /** Of the release that is live. */
  readonly revision: number;
  readonly release: number;
  readonly digest: string;
  readonly sizeBytes: number;
  /** Canonical text, its secrets sealed: `digest` is of what instances see. */
  readonly body: string;
  readonly pushId?: string;
  readonly schema?: JsonSchema;
}

/** Which release a content was, and its revision. */
export interface ReleaseAt {
  readonly number: number;
  readonly revision: number;
}

/** Everything that is live of an app, at one revision of its environment. */
export interface LiveState {
  readonly revision: number;
  readonly epoch: number;
  readonly namespaces: readonly LiveNamespace[];
}

interface LiveRow {
  readonly revision: number | string;
  readonly epoch: number | string;
  readonly namespaceId: string | null;
  readonly name: string;
  readonly kind: NamespaceKind;
  readonly schema: string | null;
  readonly liveRevision: number | string;
  readonly number: number;
  readonly digest: string;
  readonly sizeBytes: number;
  readonly body: string;
  readonly pushId: string | null;
}

/** What the rooms that deliver ask of releases. */
@Injectable()
export class ReleasesRead {
  readonly #database: Database;

  constructor(@Inject(Database) database: Database) {
    this.#database = database;
  }

  /** One statement, so that revision and contents belong together whatever is published meanwhile. */
  async liveOf(environment: string, app: string): Promise<LiveState> {
    const rows = await this.#database.read
      .createQueryBuilder(EnvironmentEntity, 'e')
      .leftJoin(
        NamespaceEntity,
        'n',
        'n.environment = e.name AND n.app = :app AND n.liveReleaseId IS NOT NULL',
        { app },
      )
      .leftJoin(ReleaseEntity, 'r', 'r.id = n.liveReleaseId')
      .where('e.name = :environment', { environment })
      .select('e.revision', 'revision')
      .addSelect('e.epoch', 'epoch')
      .addSelect('n.id', 'namespaceId')
      .addSelect('n.name', 'name')
      .addSelect('n.kind', 'kind')
      .addSelect('n.schema', 'schema')
      .addSelect('r.revision', 'liveRevision')
      .addSelect('r.number', 'number')
      .addSelect('r.digest', 'digest')
      .addSelect('r.sizeBytes', 'sizeBytes')
      .addSelect('r.content', 'body')
      .addSelect('r.pushId', 'pushId')
      .orderBy('n.name', 'ASC')
      .getRawMany<LiveRow>();
    const first = rows[0];
    if (!first) throw new SluiceError('not_found', { what: { en: 'environment', zh: '环境' } });
    return {
      revision: Number(first.revision),
      epoch: Number(first.epoch),
      namespaces: first.namespaceId === null ? [] : rows.map(liveNamespace),
    };
  }

  /** The newest release of this content; a deletion is none. */
  async releaseByDigest(namespaceId: string, digest: string): Promise<ReleaseEntity | undefined> {
    const row = await this.#database.read
      .createQueryBuilder(ReleaseEntity, 'r')
      .where('r.namespaceId = :namespaceId AND r.digest = :digest', { namespaceId, digest })
      .andWhere("r.kind <> 'delete'")
      .orderBy('r.number', 'DESC')
      .limit(1)
      .getOne();
    return row ?? undefined;
  }

  /** The newest release of each of these digests, by namespace and digest; one question, however many they are. */
  async releasesOf(
    { environment, app }: { readonly environment: string; readonly app: string },
    digests: readonly string[],
  ): Promise<(namespace: string, digest: string) => ReleaseAt | undefined> {
    if (digests.length === 0) return () => undefined;
    const rows = await this.#database.read
      .createQueryBuilder(ReleaseEntity, 'r')
      .innerJoin(NamespaceEntity, 'n', 'n.id = r.namespaceId')
      .select('n.name', 'name')
      .addSelect('r.digest', 'digest')
      .addSelect('MAX(r.number)', 'number')
      .addSelect('MAX(r.revision)', 'revision')
      .where('n.environment = :environment AND n.app = :app', { environment, app })
      .andWhere('r.digest IN (:...digests)', { digests: [...new Set(digests)] })
      .andWhere("r.kind <> 'delete'")
      .groupBy('n.name')
      .addGroupBy('r.digest')
      .getRawMany<{ name: string; digest: string; number: number | string; revision: number | string }>();
    const found = new Map(
      rows.map(({ name, digest, number, revision }) => [
        `${name} ${digest}`,
        { number: Number(number), revision: Number(revision) },
      ]),
    );
    return (namespace, digest) => found.get(`${namespace} ${digest}`);
  }

  /** The namespace, deleted or not: its history outlives it. */
  async namespaceRow(environment: string, app: string, name: string): Promise<NamespaceEntity | undefined> {
    const row = await this.#database.read.findOneBy(NamespaceEntity, { environment, app, name });
    return row ?? undefined;
  }

  async releaseContent(namespaceId: string, number: number): Promise<Content | undefined> {
    const row = await this.#database.read.findOne(ReleaseEntity, {
      where: { namespaceId, number },
      select: { id: true, content: true },
    });
    return row ? (JSON.parse(row.content) as Content) : undefined;
  }
}

function liveNamespace(row: LiveRow): LiveNamespace {
  return {
    namespaceId: row.namespaceId!,
    name: row.name,
    kind: row.kind,
    revision: Number(row.liveRevision),
    release: row.number,
    digest: row.digest,
    sizeBytes: row.sizeBytes,
    body: row.body,
    ...(row.pushId !== null && { pushId: row.pushId }),
    ...(row.schema !== null && { schema: JSON.parse(row.schema) as JsonSchema }),
  };
}
