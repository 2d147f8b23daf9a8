import { Inject, Injectable } from '@nestjs/common';
import { type ErrorText, SluiceError } from '@sluice/core';
import type { Contracts, NamespaceFile, Released, ResponseOf } from '@sluice/protocol';
import type { EntityManager } from 'typeorm';
import { CatalogRead } from '../catalog/catalog.read.ts';
import { Database } from '../database/database.ts';
import { isUniqueViolation } from '../database/unique-violation.ts';
import { Clock } from '../env/clock.ts';
import { Feed } from '../feed/feed.ts';
import type { Caller } from '../http/caller.ts';
import type { Input } from '../http/input.decorator.ts';
import { invalidField } from '../http/invalid.ts';
import { requireNoApproval } from './approval-needed.ts';
import { ContentCheck, isSameShape, type Shape } from './content/content-check.ts';
import { bringsScripts } from './content/new-scripts.ts';
import { requireScriptsThatRun, SCRIPT_CHECKER, type ScriptChecker } from './content/script-check.ts';
import type { Sealed } from './content/sealed.ts';
import {
  type Linked,
  type LinkOfFile,
  type Planned,
  planOf,
  requireBases,
  type SealFile,
} from './import-plan.ts';
import { LinksService } from './links.service.ts';
import { linksStore } from './links.store.ts';
import type { JsonSchema, NamespaceEntity } from './namespace.entity.ts';
import { namespacesStore, newNamespace } from './namespaces.store.ts';
import { type Deed, Once } from './once.ts';
import { PublishFreeze } from './publish-freeze.ts';
import type { ReleaseEntity } from './release.entity.ts';
import { keysOf, type NewRelease, ReleaseWriter } from './release-writer.ts';
import { contentOf, releasesStore } from './releases.store.ts';
import { SecretDoor } from './secrets/secret-door.ts';

type ImportInput = Input<Contracts['importApp']>;
type Imported = ResponseOf<Contracts['importApp']>;
type Place = ImportInput['params'];

/** What one import is about, for each of its tries. */
interface Importing {
  readonly params: Place;
  readonly files: readonly NamespaceFile[];
  readonly seal: SealFile;
  readonly linkOf: LinkOfFile;
  readonly caller: Caller;
  readonly message: string;
  readonly emergency: string | undefined;
  readonly bases: Readonly<Record<string, number>> | undefined;
}

interface Checked {
  readonly shape: Shape;
  readonly liveId: string | undefined;
  readonly sealed: Sealed;
}

interface ToCheck {
  readonly file: NamespaceFile;
  readonly shape: Shape;
  readonly index: number;
  readonly live: ReleaseEntity | undefined;
}

/** What the plan was made from changed before the locks were taken. It is made again; nothing was written. */
class PlanMoved extends Error {}

const maxTries = 8;

/** Brings several namespaces to what a file says, in one revision: all of them or none. */
@Injectable()
export class ImportService {
  readonly #database: Database;
  readonly #catalog: CatalogRead;
  readonly #feed: Feed;
  readonly #once: Once;
  readonly #freeze: PublishFreeze;
  readonly #clock: Clock;
  readonly #check: ContentCheck;
  readonly #door: SecretDoor;
  readonly #scripts: ScriptChecker;
  readonly #writer: ReleaseWriter;
  readonly #links: LinksService;

  constructor(
    @Inject(Database) database: Database,
    @Inject(CatalogRead) catalog: CatalogRead,
    @Inject(Feed) feed: Feed,
    @Inject(Once) once: Once,
    @Inject(PublishFreeze) freeze: PublishFreeze,
    @Inject(Clock) clock: Clock,
    @Inject(ContentCheck) check: ContentCheck,
    @Inject(SecretDoor) door: SecretDoor,
    @Inject(SCRIPT_CHECKER) scripts: ScriptChecker,
    @Inject(ReleaseWriter) writer: ReleaseWriter,
    @Inject(LinksService) links: LinksService,
  ) {
    this.#database = database;
    this.#catalog = catalog;
    this.#feed = feed;
    this.#once = once;
    this.#freeze = freeze;
    this.#clock = clock;
    this.#check = check;
    this.#door = door;
    this.#scripts = scripts;
    this.#writer = writer;
    this.#links = links;
  }

  import({ params, body, idempotencyKey, caller }: ImportInput): Promise<Imported> {
    const { namespaces: files, message, emergency, dryRun, bases } = body;
    const request = { operation: 'import', params, body };
    return this.#once.run<Imported>({ caller, key: idempotencyKey, request }, async (commit) => {
      if (!body.dryRun) this.#freeze.requireOpen(params);
      await this.#catalog.requireApp(params.env, params.app);
      await this.#links.requireAllVisible(caller, params.env, files);
      for (const [index, { content }] of files.entries())
        await requireScriptsThatRun(this.#scripts, content, { path: `namespaces.${index}.content` });
      const checked = new Map<number, Checked>();
      const seal: SealFile = (file, shape, index, live) =>
        this.#seal(checked, params, { file, shape, index, live });
      const linkOf: LinkOfFile = (manager, file, index, row) =>
        this.#linkOf(manager, params, file, `namespaces.${index}.link`, row);
      for (let tries = 0; tries < maxTries; tries++) {
        const plan = await planOf(this.#database.read, params, files, { seal, linkOf });
        await requireBases(this.#database.read, plan, bases);
        if (dryRun || !plan.some(isWritten)) return answerOf(plan, new Map());
        try {
          const isRelease = plan.some((planned) => planned.isReleased);
          const imported = await commit((tx) =>
            this.#inOne(tx, isRelease, { params, files, seal, linkOf, caller, message, emergency, bases }),
          );
          if (isRelease) this.#feed.committed(params.env);
          return imported;
        } catch (error) {
          if (!(error instanceof PlanMoved) && !isUniqueViolation(error)) throw error;
        }
      }
      throw contended();
    });
  }

  /** A revision is taken only when content is released: a description alone changes nothing for any instance. */
  async #inOne(tx: EntityManager, isRelease: boolean, importing: Importing): Promise<Deed<Imported>> {
    const { params, files, seal, linkOf, caller, message, emergency, bases } = importing;
    if (!isRelease) await linksStore.holdEnvironment(tx, params.env);
    const taken = isRelease ? await this.#feed.take(tx, params.env) : undefined;
    const revision = taken?.revision;
    const plan = await planOf(tx, params, files, { seal, linkOf });
    if (taken) requireNoApproval(params.env, taken, emergency, await hasNewScripts(tx, plan));
    await requireBases(tx, plan, bases);
    if (plan.some((planned) => planned.isReleased) !== isRelease) throw new PlanMoved();
    const news = await this.#describe(tx, plan, params, caller);
    const written =
      revision === undefined
        ? []
        : await this.#writer.release(tx, { caller, revision, message, emergency }, news);
    const released = new Map(news.map(({ namespace }, index) => [namespace.name, written[index]!]));
    return {
      answer: answerOf(plan, released, revision),
      record: {
        action: 'release.import',
        environment: params.env,
        app: params.app,
        target: params.app,
        ...(revision !== undefined && { revision }),
        detail: {
          ...(await this.#links.reached(
            tx,
            news.map(({ namespace }) => namespace),
          )),
          message,
          ...(emergency !== undefined && { emergency }),
          namespaces: plan.filter(isWritten).map(({ name, outcome }) => ({ name, outcome })),
        },
      },
    };
  }

  /** Each file is checked once; again only if its namespace became another before the lock was taken. */
  #seal(checked: Map<number, Checked>, { env, app }: Place, { file, shape, index, live }: ToCheck): Sealed {
    const before = checked.get(index);
    if (before && before.liveId === live?.id && isSameShape(before.shape, shape)) return before.sealed;
    this.#check.checkSchema(shape, `namespaces.${index}.schema`);
    const path = `namespaces.${index}.content`;
    const known = [live && contentOf(live)];
    const content = this.#door.content(file.content, { address: { env, app, ns: file.name }, known, path });
    const sealed = this.#check.check(content, shape, { path, namespace: file.name });
    checked.set(index, { shape, sealed, liveId: live?.id });
    return sealed;
  }

  /** A new namespace gets the link of its file; one in which something is live keeps its own. */
  async #linkOf(
    manager: EntityManager,
    { env, app }: Place,
    { name, kind, schema, link, content }: NamespaceFile,
    at: string,
    row: NamespaceEntity | undefined,
  ): Promise<Linked> {
    const there = row?.deletedAt === null ? row : undefined;
    const linking = { environment: env, app, name, kind, schema: (schema ?? null) as JsonSchema | null };
    const home =
      link && (await this.#links.resolve(manager, { ...linking, ...(row && { id: row.id }) }, link, at));
    const linkId = home ? home.id : (there?.linkId ?? null);
    if (there?.liveReleaseId && linkId !== there.linkId) throw invalidField(at, otherLink);
    if (linkId === null) return { linkId };
    const format = content.kind === 'document' ? content.format : null;
    const shape = await this.#links.shapeOf(manager, { kind, format, schema: null, linkId });
    return { linkId, schema: shape.schema, ...(shape.beneath && { beneath: shape.beneath }) };
  }

  /** Makes, revives or changes the rows as the files describe them; gives those that get new content. */
  async #describe(
    tx: EntityManager,
    plan: readonly Planned[],
    { env, app }: Place,
    caller: Caller,
  ): Promise<NewRelease[]> {
    const news: NewRelease[] = [];
    // By name, so that two imports never wait for one another's rows.
    for (const planned of plan.filter(isWritten).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const { row, name, described, sealed } = planned;
      if (row?.isPublic && !described.isPublic) await this.#links.requireUnlinked(tx, row, caller);
      const namespace = row
        ? { ...(await lockAsPlanned(tx, row)), ...described }
        : newNamespace({ env, app, ns: name }, described, this.#clock.now());
      if (row) await namespacesStore.change(tx, row.id, { ...described, deletedAt: null });
      else await namespacesStore.insert(tx, namespace);
      if (planned.isReleased) news.push({ namespace, kind: 'import', sealed, keys: keysOf(planned.diff) });
    }
    return news;
  }
}

async function hasNewScripts(tx: EntityManager, plan: readonly Planned[]): Promise<boolean> {
  for (const { row, sealed } of plan.filter((planned) => planned.isReleased)) {
    const live = await releasesStore.live(tx, row?.liveReleaseId ?? null);
    if (bringsScripts(live && contentOf(live), sealed.content)) return true;
  }
  return false;
}

async function lockAsPlanned(tx: EntityManager, row: NamespaceEntity): Promise<NamespaceEntity> {
  const locked = await namespacesStore.lock(tx, row.id);
  const isSame =
    locked.revision === row.revision && locked.deletedAt === row.deletedAt && isSameShape(locked, row);
  if (!isSame) throw new PlanMoved();
  return locked;
}

const otherLink: ErrorText = {
  en: 'must be what the namespace links here already: something is live of it',
  zh: '必须与此处命名空间已有的链接一致：它已有线上内容',
};

const contended = (): SluiceError =>
  new SluiceError('wrong_state', {
    reason: {
      en: 'others keep changing the same namespaces; try again in a moment',
      zh: '其他人正在不断修改这些命名空间，请稍后重试',
    },
  });

const isWritten = (planned: Planned): boolean => planned.outcome !== 'same';

function answerOf(
  plan: readonly Planned[],
  released: ReadonlyMap<string, Released>,
  revision?: number,
): Imported {
  return {
    ...(revision !== undefined && { revision }),
    namespaces: plan.map(({ name, base, outcome, diff }) => ({
      name,
      base,
      outcome,
      diff,
      ...(released.has(name) && { released: released.get(name)! }),
    })),
  } as Imported;
}
