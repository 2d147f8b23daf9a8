import { Inject, Injectable } from '@nestjs/common';
import { type Content, diffContent, type ItemsPatch, SluiceError } from '@sluice/core';
import type { Contracts, Released } from '@sluice/protocol';
import type { EntityManager } from 'typeorm';
import { Database } from '../database/database.ts';
import { Feed } from '../feed/feed.ts';
import type { Caller } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';
import { requireNoApproval } from './approval-needed.ts';
import { baseMoved } from './base-moved.ts';
import { ContentCheck, isSameShape } from './content/content-check.ts';
import { bringsScripts } from './content/new-scripts.ts';
import { originOf } from './content/origin.ts';
import { requireScriptsThatRun, SCRIPT_CHECKER, type ScriptChecker } from './content/script-check.ts';
import type { Sealed } from './content/sealed.ts';
import { draftsStore } from './drafts.store.ts';
import { type Base, baseOf, draftEtagOf } from './etag.ts';
import { LinksService } from './links.service.ts';
import type { NamespaceEntity } from './namespace.entity.ts';
import { NamespaceFinder } from './namespace-finder.ts';
import { addressOf, namespacesStore, noNamespace } from './namespaces.store.ts';
import { Once } from './once.ts';
import { PublishFreeze } from './publish-freeze.ts';
import { keysOf, ReleaseWriter } from './release-writer.ts';
import { contentOf, releasesStore } from './releases.store.ts';
import { SecretDoor } from './secrets/secret-door.ts';
import { changed, patched } from './wanted-content.ts';

type PublishInput = Input<Contracts['publish']>;

/** What a publish asks for, checked: it can be written as soon as its base is confirmed under the lock. */
interface Wanted {
  readonly namespace: NamespaceEntity;
  readonly sealed: Sealed;
  readonly keys: readonly string[];
  readonly hasNewScripts: boolean;
  /** The version of the draft that this is; it is removed with the release. */
  readonly draftVersion?: number;
}

/** Makes content live, in one transaction, for exactly one of those who start from the same base. */
@Injectable()
export class PublishService {
  readonly #database: Database;
  readonly #feed: Feed;
  readonly #once: Once;
  readonly #freeze: PublishFreeze;
  readonly #check: ContentCheck;
  readonly #scripts: ScriptChecker;
  readonly #door: SecretDoor;
  readonly #finder: NamespaceFinder;
  readonly #writer: ReleaseWriter;
  readonly #links: LinksService;

  constructor(
    @Inject(Database) database: Database,
    @Inject(Feed) feed: Feed,
    @Inject(Once) once: Once,
    @Inject(PublishFreeze) freeze: PublishFreeze,
    @Inject(ContentCheck) check: ContentCheck,
    @Inject(SCRIPT_CHECKER) scripts: ScriptChecker,
    @Inject(SecretDoor) door: SecretDoor,
    @Inject(NamespaceFinder) finder: NamespaceFinder,
    @Inject(ReleaseWriter) writer: ReleaseWriter,
    @Inject(LinksService) links: LinksService,
  ) {
    this.#database = database;
    this.#feed = feed;
    this.#once = once;
    this.#freeze = freeze;
    this.#check = check;
    this.#scripts = scripts;
    this.#door = door;
    this.#finder = finder;
    this.#writer = writer;
    this.#links = links;
  }

  publish({ params, body, ifMatch, idempotencyKey, caller }: PublishInput): Promise<Released> {
    const { message, emergency } = body;
    const request = { operation: 'publish', params, ifMatch, body };
    return this.#once.run<Released>({ caller, key: idempotencyKey, request }, async (commit) => {
      this.#freeze.requireOpen(params);
      const base = baseOf(ifMatch);
      const wanted = await this.#wanted(body, base, await this.#finder.existing(params), caller);
      const released = await commit(async (tx) => {
        const taken = await this.#feed.take(tx, params.env);
        requireNoApproval(params.env, taken, emergency, wanted.hasNewScripts);
        const { revision } = taken;
        const namespace = await this.#confirm(tx, wanted, base, caller);
        const writing = { caller, revision, message, emergency };
        const [answer] = await this.#writer.release(tx, writing, [
          { namespace, kind: 'publish', sealed: wanted.sealed, keys: wanted.keys },
        ]);
        return {
          answer: answer!,
          record: {
            action: 'release.publish',
            environment: params.env,
            app: params.app,
            target: params.ns,
            revision,
            detail: {
              ...(await this.#links.reached(tx, [namespace])),
              release: answer!.release.number,
              digest: wanted.sealed.digest,
              message,
              ...(emergency !== undefined && { emergency }),
            },
          },
        };
      });
      this.#feed.committed(params.env);
      return released;
    });
  }

  /** Everything that needs no lock: which content, and every check of it. */
  async #wanted(
    body: PublishInput['body'],
    base: Base,
    namespace: NamespaceEntity,
    caller: Caller,
  ): Promise<Wanted> {
    const live = await releasesStore.live(this.#database.read, namespace.liveReleaseId);
    const { content, draftVersion } =
      'draft' in body
        ? await this.#ofDraft(namespace, base, caller)
        : {
            content: await this.#ofBody(body, base, namespace, live && contentOf(live)),
            draftVersion: undefined,
          };
    const origin = originOf(body, '');
    const shape = await this.#links.shapeOf(this.#database.read, namespace);
    const sealed = this.#check.check(content, shape, origin);
    if (live?.digest === sealed.digest) throw unchanged(live.number);
    await requireScriptsThatRun(this.#scripts, content, origin);
    const keys = keysOf(diffContent(live && contentOf(live), content));
    const hasNewScripts = bringsScripts(live && contentOf(live), content);
    return { namespace, sealed, keys, hasNewScripts, ...(draftVersion !== undefined && { draftVersion }) };
  }

  async #ofBody(
    body: { content: Content } | { changes: unknown },
    base: Base,
    namespace: NamespaceEntity,
    live: Content | undefined,
  ): Promise<Content> {
    const isMoved = base.revision !== namespace.revision;
    const before = isMoved
      ? await releasesStore.contentAt(this.#database.read, namespace.id, base.revision)
      : live;
    const incoming = { address: addressOf(namespace), known: [before, live] };
    if ('content' in body) {
      const content = this.#door.content(body.content, { ...incoming, path: 'content' });
      if (isMoved) throw await this.#moved(this.#database.read, namespace, base, content);
      return content;
    }
    const changes = this.#door.patch(body.changes as ItemsPatch, { ...incoming, path: 'changes' });
    if (!isMoved) return changed(namespace, live, changes);
    throw await this.#moved(this.#database.read, namespace, base, patched(namespace, before, changes));
  }

  /** The draft as it was saved. Named by its own ETag, it must be that one still. */
  async #ofDraft(
    namespace: NamespaceEntity,
    base: Base,
    caller: Caller,
  ): Promise<{ content: Content; draftVersion: number }> {
    const { read } = this.#database;
    const draft = await draftsStore.of(read, namespace.id, caller.principal.id);
    if (!draft) throw base.version === undefined ? noDraft() : new SluiceError('draft_moved');
    const content = JSON.parse(draft.content) as Content;
    const { version, baseRevision } = draft;
    const moved = [base.revision, baseRevision].find((revision) => revision !== namespace.revision);
    if (moved !== undefined)
      throw await baseMoved(read, namespace, { base: baseRevision, yours: content, draftVersion: version });
    if (base.version !== undefined && base.version !== version)
      throw new SluiceError(
        'draft_moved',
        {},
        { details: { revision: namespace.revision, etag: draftEtagOf(baseRevision, version) } },
      );
    return { content, draftVersion: version };
  }

  /** Under the locks: the base is live still, and what was checked is what is written. */
  async #confirm(tx: EntityManager, wanted: Wanted, base: Base, caller: Caller): Promise<NamespaceEntity> {
    const { sealed, draftVersion } = wanted;
    const namespace = await namespacesStore.lock(tx, wanted.namespace.id);
    if (namespace.deletedAt !== null) throw noNamespace();
    if (namespace.revision !== base.revision) throw await this.#moved(tx, namespace, base, sealed.content);
    // What it inherits may have been released meanwhile, and no revision of its own says so.
    if (namespace.linkId !== null || !isSameShape(namespace, wanted.namespace))
      this.#check.check(sealed.content, await this.#links.shapeOf(tx, namespace), { path: 'content' });
    const isDraft = draftVersion !== undefined;
    if (isDraft && !(await draftsStore.remove(tx, namespace.id, caller.principal.id, draftVersion)))
      throw new SluiceError('draft_moved');
    return namespace;
  }

  #moved(
    manager: EntityManager,
    namespace: NamespaceEntity,
    base: Base,
    yours: Content,
  ): Promise<SluiceError> {
    return baseMoved(manager, namespace, { base: base.revision, yours });
  }
}

const noDraft = (): SluiceError =>
  new SluiceError('wrong_state', {
    reason: { en: 'you have no draft here; save one first', zh: '你在这里没有草稿，请先保存' },
  });

const unchanged = (release: number): SluiceError =>
  new SluiceError('wrong_state', {
    reason: {
      en: `this is exactly what is live already, as release ${release}`,
      zh: `内容与线上的发布版本 ${release} 完全相同`,
    },
  });
