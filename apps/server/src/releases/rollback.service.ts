import { Inject, Injectable } from '@nestjs/common';
import { diffContent, SluiceError } from '@sluice/core';
import type { Contracts, Released } from '@sluice/protocol';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { Feed } from '../feed/feed.ts';
import type { Input } from '../http/input.decorator.ts';
import { baseMoved } from './base-moved.ts';
import { ContentCheck, isSameShape } from './content/content-check.ts';
import { draftsStore } from './drafts.store.ts';
import { baseOf } from './etag.ts';
import { LinksService } from './links.service.ts';
import type { NamespaceEntity } from './namespace.entity.ts';
import { NamespaceFinder } from './namespace-finder.ts';
import { namespacesStore } from './namespaces.store.ts';
import { Once } from './once.ts';
import { PublishFreeze } from './publish-freeze.ts';
import type { ReleaseEntity } from './release.entity.ts';
import type { ReleaseRow } from './release-model.ts';
import { keysOf, ReleaseWriter } from './release-writer.ts';
import { contentOf, releasesStore } from './releases.store.ts';

/** Makes the content of an older release live again, as a new release. Never deletes anything. */
@Injectable()
export class RollbackService {
  readonly #database: Database;
  readonly #feed: Feed;
  readonly #once: Once;
  readonly #freeze: PublishFreeze;
  readonly #clock: Clock;
  readonly #check: ContentCheck;
  readonly #finder: NamespaceFinder;
  readonly #writer: ReleaseWriter;
  readonly #links: LinksService;

  constructor(
    @Inject(Database) database: Database,
    @Inject(Feed) feed: Feed,
    @Inject(Once) once: Once,
    @Inject(PublishFreeze) freeze: PublishFreeze,
    @Inject(Clock) clock: Clock,
    @Inject(ContentCheck) check: ContentCheck,
    @Inject(NamespaceFinder) finder: NamespaceFinder,
    @Inject(ReleaseWriter) writer: ReleaseWriter,
    @Inject(LinksService) links: LinksService,
  ) {
    this.#database = database;
    this.#feed = feed;
    this.#once = once;
    this.#freeze = freeze;
    this.#clock = clock;
    this.#check = check;
    this.#finder = finder;
    this.#writer = writer;
    this.#links = links;
  }

  rollback(input: Input<Contracts['rollback']>): Promise<Released> {
    const { params, body, ifMatch, idempotencyKey, caller } = input;
    const request = { operation: 'rollback', params, ifMatch, body };
    return this.#once.run<Released>({ caller, key: idempotencyKey, request }, async (commit) => {
      this.#freeze.requireOpen(params);
      const base = baseOf(ifMatch).revision;
      const namespace = await this.#finder.everExisted(params);
      if (namespace.revision !== base) throw await baseMoved(this.#database.read, namespace, { base });
      const { target, live } = await this.#target(namespace, body.to);
      const keys = keysOf(diffContent(live && contentOf(live), contentOf(target)));
      const shape = await this.#links.shapeOf(this.#database.read, namespace);
      const sealed = this.#check.check(contentOf(target), shape, { path: `release ${target.number}` });
      const released = await commit(async (tx) => {
        const { revision } = await this.#feed.take(tx, params.env);
        const locked = await namespacesStore.lock(tx, namespace.id);
        if (locked.revision !== base) throw await baseMoved(tx, locked, { base });
        await this.#links.requireStanding(tx, locked);
        // Created anew meanwhile, or given another schema: it may be another namespace than the one checked for.
        if (!isSameShape(locked, namespace))
          this.#check.check(sealed.content, locked, { path: `release ${target.number}` });
        const writing = { caller, revision, message: body.message };
        const [answer] = await this.#writer.release(tx, writing, [
          { namespace: locked, kind: 'rollback', sealed, keys, restored: target.number },
        ]);
        const me = caller.principal.id;
        const isStashed = await draftsStore.putAside(tx, locked.id, me, this.#clock.now());
        return {
          answer: answer!,
          record: {
            action: 'release.rollback',
            environment: params.env,
            app: params.app,
            target: params.ns,
            revision,
            detail: {
              release: answer!.release.number,
              restored: target.number,
              stashed: isStashed,
              message: body.message,
            },
          },
        };
      });
      this.#feed.committed(params.env);
      return released;
    });
  }

  async #target(
    namespace: NamespaceEntity,
    to: number | undefined,
  ): Promise<{ target: ReleaseEntity; live: ReleaseEntity | undefined }> {
    const number = to ?? (await this.#before(namespace));
    const target = await releasesStore.byNumber(this.#database.read, namespace.id, number);
    if (!target) throw new SluiceError('not_found', { what: releaseName(number) });
    if (target.kind === 'delete') throw wrongState(...isDeletion(number));
    if (contentOf(target).kind !== namespace.kind) throw wrongState(...isOtherKind(number, namespace.kind));
    const live = await releasesStore.live(this.#database.read, namespace.liveReleaseId);
    if (live?.digest === target.digest) throw wrongState(...isLive(number));
    return { target, live };
  }

  /**
   * The release that was live before the live one. A rollback counts as what it restored, so that pressing the button
   * twice goes two back and not to and fro. Deletions, and what says the same as the live one, are passed over.
   */
  async #before(namespace: NamespaceEntity): Promise<number> {
    const newest = await this.#summary(namespace, namespace.releaseCount);
    if (!newest) throw wrongState(...nothingBefore);
    const isLive = namespace.liveReleaseId === newest.id;
    for (let number = isLive ? (await this.#origin(namespace, newest)) - 1 : newest.number; number > 0; ) {
      const release = await this.#summary(namespace, number);
      if (!release) break;
      const origin = await this.#origin(namespace, release);
      if (release.kind !== 'delete' && !(isLive && release.digest === newest.digest)) return origin;
      number = origin - 1;
    }
    throw wrongState(...nothingBefore);
  }

  /** The release that a chain of rollbacks goes back to. */
  async #origin(namespace: NamespaceEntity, release: ReleaseRow): Promise<number> {
    let at = release;
    while (at.restored !== null) {
      const restored = await this.#summary(namespace, at.restored);
      if (!restored) break;
      at = restored;
    }
    return at.number;
  }

  #summary(namespace: NamespaceEntity, number: number): Promise<ReleaseRow | undefined> {
    return releasesStore.summary(this.#database.read, namespace.id, number);
  }
}

type Words = readonly [en: string, zh: string];

const releaseName = (number: number) => ({ en: `release ${number}`, zh: `发布版本 ${number}` });
const wrongState = (en: string, zh: string): SluiceError =>
  new SluiceError('wrong_state', { reason: { en, zh } });

const nothingBefore: Words = [
  'there is no release before the live one to go back to; name one with "to"',
  '线上版本之前没有可回滚的发布版本；可用“to”指定',
];
const isDeletion = (number: number): Words => [
  `release ${number} is a deletion and has no content`,
  `发布版本 ${number} 是一次删除，没有内容`,
];
const isOtherKind = (number: number, kind: string): Words => [
  `release ${number} is of another kind than the namespace now is (${kind})`,
  `发布版本 ${number} 的类型与命名空间现在的类型（${kind}）不同`,
];
const isLive = (number: number): Words => [
  `the content of release ${number} is what is live already`,
  `发布版本 ${number} 的内容就是线上内容`,
];
