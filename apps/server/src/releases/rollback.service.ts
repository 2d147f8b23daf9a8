import { Inject, Injectable } from '@nestjs/common';
import { diffContent } from '@sluice/core';
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
import { NamespaceFinder } from './namespace-finder.ts';
import { namespacesStore } from './namespaces.store.ts';
import { Once } from './once.ts';
import { PublishFreeze } from './publish-freeze.ts';
import { keysOf, ReleaseWriter } from './release-writer.ts';
import { contentOf } from './releases.store.ts';
import { RollbackTargets } from './rollback-targets.ts';

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
  readonly #targets: RollbackTargets;
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
    @Inject(RollbackTargets) targets: RollbackTargets,
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
    this.#targets = targets;
    this.#links = links;
  }

  rollback(input: Input<Contracts['rollback']>): Promise<Released> {
    const { params, body, ifMatch, idempotencyKey, caller } = input;
    const request = { operation: 'rollback', params, ifMatch, body };
    return this.#once.run<Released>({ caller, key: idempotencyKey, request }, async (commit) => {
      this.#freeze.requireOpenOrReason(params, body.emergency);
      const base = baseOf(ifMatch).revision;
      const namespace = await this.#finder.everExisted(params);
      if (namespace.revision !== base) throw await baseMoved(this.#database.read, namespace, { base });
      const { target, live } = await this.#targets.of(namespace, body.to);
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
        const writing = { caller, revision, message: body.message, emergency: body.emergency };
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
              ...(await this.#links.reached(tx, [locked])),
              release: answer!.release.number,
              restored: target.number,
              stashed: isStashed,
              message: body.message,
              ...(body.emergency !== undefined && { emergency: body.emergency }),
            },
          },
        };
      });
      this.#feed.committed(params.env);
      return released;
    });
  }
}
