import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { canonicalText, type ErrorText, type PublicNamespace, SluiceError } from '@sluice/core';
import type { Contracts, NamespaceDetail } from '@sluice/protocol';
import type { EntityManager } from 'typeorm';
import { AuditLog } from '../audit/audit-log.ts';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import { isUniqueViolation } from '../database/unique-violation.ts';
import { Clock } from '../env/clock.ts';
import { Feed } from '../feed/feed.ts';
import type { Input } from '../http/input.decorator.ts';
import { invalidField } from '../http/invalid.ts';
import { requireNoApproval } from './approval-needed.ts';
import { baseMoved } from './base-moved.ts';
import { ContentCheck } from './content/content-check.ts';
import { baseOf } from './etag.ts';
import { LinkerFit } from './linker-fit.ts';
import { LinksService } from './links.service.ts';
import { linksStore } from './links.store.ts';
import type { JsonSchema, NamespaceEntity } from './namespace.entity.ts';
import { NamespaceFinder } from './namespace-finder.ts';
import { NamespacesRead } from './namespaces.read.ts';
import { type Described, namespacesStore, newNamespace, noNamespace } from './namespaces.store.ts';
import { PublishFreeze } from './publish-freeze.ts';
import { ReleaseWriter } from './release-writer.ts';
import { contentOf, releasesStore } from './releases.store.ts';

/** Makes, describes and deletes namespaces. */
@Injectable()
export class NamespacesService {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #catalog: CatalogRead;
  readonly #feed: Feed;
  readonly #clock: Clock;
  readonly #check: ContentCheck;
  readonly #finder: NamespaceFinder;
  readonly #read: NamespacesRead;
  readonly #writer: ReleaseWriter;
  readonly #freeze: PublishFreeze;
  readonly #links: LinksService;
  readonly #fit: LinkerFit;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(Feed) feed: Feed,
    @Inject(Clock) clock: Clock,
    @Inject(ContentCheck) check: ContentCheck,
    @Inject(NamespaceFinder) finder: NamespaceFinder,
    @Inject(NamespacesRead) read: NamespacesRead,
    @Inject(ReleaseWriter) writer: ReleaseWriter,
    @Inject(PublishFreeze) freeze: PublishFreeze,
    @Inject(LinksService) links: LinksService,
    @Inject(LinkerFit) fit: LinkerFit,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#catalog = catalog;
    this.#feed = feed;
    this.#clock = clock;
    this.#check = check;
    this.#finder = finder;
    this.#read = read;
    this.#writer = writer;
    this.#freeze = freeze;
    this.#links = links;
    this.#fit = fit;
  }

  async create({ params, body, caller }: Input<Contracts['createNamespace']>): Promise<NamespaceDetail> {
    await this.#catalog.requireApp(params.env, params.app);
    const { name, kind, description, link } = body;
    if (body.public && kind === 'document') throw invalidField('public', documents);
    if (link) await this.#links.requireVisible(caller, params.env, link);
    const shape = { kind, format: body.format ?? null, schema: body.schema as JsonSchema | null };
    this.#check.checkSchema(shape, 'schema');
    const address = { ...params, ns: name };
    const exists = new SluiceError('already_exists', { what: { en: 'Namespace', zh: '命名空间' }, name });
    try {
      await this.#database.write(async (tx) => {
        if (link) await linksStore.holdEnvironment(tx, params.env);
        const row = await namespacesStore.at(tx, address);
        const linking = { environment: params.env, app: params.app, name, ...shape };
        const home = link && (await this.#links.resolve(tx, linking, link));
        const described = { ...shape, description, isPublic: body.public, linkId: home?.id ?? null };
        if (row) await this.#revive(tx, row, described, exists);
        else await namespacesStore.insert(tx, newNamespace(address, described, this.#clock.now()));
        await this.#audit.append(tx, caller, {
          action: 'namespace.create',
          environment: params.env,
          app: params.app,
          target: name,
          detail: {
            kind,
            format: shape.format,
            schema: shape.schema !== null,
            again: row !== undefined,
            ...(body.public && { public: true }),
            ...(link && { link }),
          },
        });
      });
    } catch (error) {
      throw isUniqueViolation(error) ? exists : error;
    }
    return this.#read.get(address, caller);
  }

  async change(input: Input<Contracts['changeNamespace']>): Promise<NamespaceDetail> {
    const { params, body, caller } = input;
    const base = baseOf(input.ifMatch);
    const row = await this.#finder.existing(params);
    const { link } = body;
    if (body.public && row.kind === 'document') throw invalidField('public', documents);
    if (link) await this.#links.requireVisible(caller, params.env, link);
    const schema = body.schema === undefined ? row.schema : (body.schema as JsonSchema | null);
    const shape = { ...row, schema };
    if (body.schema !== undefined) this.#check.checkSchema(shape, 'schema');
    const live = await releasesStore.live(this.#database.read, row.liveReleaseId);
    if (live && schema !== null && body.schema !== undefined)
      this.#check.check(contentOf(live), shape, { path: 'live' });
    await this.#database.write(async (tx) => {
      // The environment first, as every release does: who links waits for who releases, and the other way round.
      await linksStore.holdEnvironment(tx, params.env);
      const locked = await namespacesStore.lock(tx, row.id);
      if (locked.deletedAt !== null) throw noNamespace();
      if (locked.revision !== base.revision) throw await baseMoved(tx, locked, { base: base.revision });
      // What was checked above is live still: a moved one had another revision.
      if (row.revision !== locked.revision) throw await baseMoved(tx, locked, { base: row.revision });
      const description = body.description ?? locked.description;
      const isPublic = body.public ?? locked.isPublic;
      if (locked.isPublic && !isPublic) await this.#links.requireUnlinked(tx, locked, caller);
      const linkId = await this.#linkOf(tx, { ...locked, schema }, link);
      if (isPublic && body.schema !== undefined)
        await this.#fit.requireFit(tx, { namespaceId: row.id, schema }, caller);
      await namespacesStore.change(tx, row.id, { description, schema, isPublic, linkId });
      await this.#audit.append(tx, caller, {
        action: 'namespace.change',
        environment: params.env,
        app: params.app,
        target: params.ns,
        detail: {
          ...(body.description !== undefined && {
            description: { before: locked.description, after: description },
          }),
          ...(body.public !== undefined && { public: { before: locked.isPublic, after: isPublic } }),
          ...(link !== undefined && { link }),
          ...(body.schema !== undefined && {
            schema: { before: digestOf(locked.schema), after: digestOf(schema) },
          }),
        },
      });
    });
    return this.#read.get(params, caller);
  }

  async delete({ params, query, caller, ifMatch }: Input<Contracts['deleteNamespace']>): Promise<void> {
    this.#freeze.requireOpen(params);
    const base = baseOf(ifMatch).revision;
    const row = await this.#finder.existing(params);
    await this.#database.write(async (tx) => {
      const taken = await this.#feed.take(tx, params.env);
      requireNoApproval(params.env, taken, query.emergency);
      const { revision } = taken;
      const locked = await namespacesStore.lock(tx, row.id);
      if (locked.deletedAt !== null) throw noNamespace();
      if (locked.revision !== base) throw await baseMoved(tx, locked, { base });
      await this.#links.requireUnlinked(tx, locked, caller);
      const message = query.message ?? '';
      await this.#writer.delete(tx, { caller, revision, message }, locked);
      await this.#audit.append(tx, caller, {
        action: 'namespace.delete',
        environment: params.env,
        app: params.app,
        target: params.ns,
        revision,
        detail: { message, ...(query.emergency !== undefined && { emergency: query.emergency }) },
      });
    });
    this.#feed.committed(params.env);
  }

  /** What is live stays what it is: a link is made, changed or taken away as long as there is nothing. */
  async #linkOf(
    tx: EntityManager,
    locked: NamespaceEntity,
    link: PublicNamespace | null | undefined,
  ): Promise<string | null> {
    const { linkId, schema } = locked;
    if (link === undefined && linkId !== null && schema !== null) throw invalidField('schema', schemaOfLink);
    if (link === undefined) return linkId;
    const to = link === null ? null : (await this.#links.resolve(tx, locked, link)).id;
    if (to !== linkId && locked.liveReleaseId !== null)
      throw new SluiceError('wrong_state', { reason: isLive });
    return to;
  }

  /** A deleted namespace comes back empty, with its history; what it was is no longer a promise. */
  async #revive(tx: EntityManager, row: NamespaceEntity, is: Described, exists: SluiceError): Promise<void> {
    const locked = await namespacesStore.lock(tx, row.id);
    if (locked.deletedAt === null) throw exists;
    await namespacesStore.change(tx, row.id, { ...is, deletedAt: null });
  }
}

const documents: ErrorText = {
  en: 'is for maps and rules: single keys of a document cannot be overridden',
  zh: '只能用于 map 和 rules：文档无法逐键覆盖',
};
const schemaOfLink: ErrorText = {
  en: 'is taken from the public namespace; one that links it has none of its own',
  zh: '取自公共命名空间；链接它的命名空间没有自己的 Schema',
};
const isLive: ErrorText = {
  en: 'something is live here, and another link would change it; delete the namespace, or create another one',
  zh: '此处已有线上内容，更换链接会改变它；请删除该命名空间，或另建一个',
};

/** A schema may be large; the audit says which one it was. */
const digestOf = (schema: JsonSchema | null): string | null =>
  schema === null ? null : createHash('sha256').update(canonicalText(schema)).digest('hex');
