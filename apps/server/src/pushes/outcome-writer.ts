import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  type AimedLayer,
  type AimedNamespace,
  type Content,
  canonicalText,
  compose,
  diffContent,
  isInForce,
  layersFor,
  type PlannedInstance,
  type PushPlan,
} from '@sluice/core';
import { type EntityManager, IsNull } from 'typeorm';
import { bulkUpsert } from '../database/bulk-upsert.ts';
import { Database } from '../database/database.ts';
import { insertRows } from '../database/write-rows.ts';
import { Clock } from '../env/clock.ts';
import { openText } from '../env/sealed-value.ts';
import { sha256 } from '../env/sha256.ts';
import type { ChangeEntity, ChangeKind, ReleaseKind } from '../feed/change.entity.ts';
import { Feed } from '../feed/feed.ts';
import { seal } from '../releases/content/sealed.ts';
import { LayerEntity } from '../releases/layer.entity.ts';
import { LinkedPushes } from '../releases/linked-pushes.ts';
import { namespacesStore } from '../releases/namespaces.store.ts';
import type { PushVariant } from '../releases/push.entity.ts';
import { mostKeys } from '../releases/pushes.store.ts';
import type { ReleaseEntity } from '../releases/release.entity.ts';
import { keysOf, type NewRelease, ReleaseWriter, type Writing } from '../releases/release-writer.ts';
import { type Standing } from './standing.ts';

/** What a transition makes of an app: its layers before and after, and whom that concerns. */
export interface Outcome {
  readonly place: { readonly environment: string; readonly app: string };
  readonly kind: ChangeKind;
  readonly pushId: string;
  readonly before: Standing;
  /** In the same order as `before.namespaces`. */
  readonly after: readonly AimedNamespace[];
  readonly plan: PushPlan;
  readonly instances: readonly PlannedInstance[];
  /** Variants that the push had before; those of this plan come after them. */
  readonly variantOffset: number;
  /** Of layers that begin with this, not of those that only go on. */
  readonly expiresAt?: number;
  readonly groupName?: string;
  /** For a rollback: by namespace, the release whose content comes back. */
  readonly restored?: ReadonlyMap<string, number>;
}

/** What was written for one namespace. */
export interface WrittenNamespace {
  readonly namespaceId: string;
  readonly name: string;
  readonly release?: ReleaseEntity;
  readonly layer?: AimedLayer;
}

const targetTable = {
  table: 'push_target',
  key: ['push_id', 'instance_id'],
  columns: ['push_id', 'instance_id', 'variant', 'state', 'stage', 'error', 'ms', 'digest', 'at'],
} as const;

/**
 * Writes what a transition brings, in its transaction: ends of layers, layers, releases, targets, composed contents and
 * the change log. It only compares before with after, so every way to change what instances see is the same here.
 */
@Injectable()
export class OutcomeWriter {
  readonly #database: Database;
  readonly #feed: Feed;
  readonly #clock: Clock;
  readonly #releases: ReleaseWriter;
  readonly #linked: LinkedPushes;

  constructor(
    @Inject(Database) database: Database,
    @Inject(Feed) feed: Feed,
    @Inject(Clock) clock: Clock,
    @Inject(ReleaseWriter) releases: ReleaseWriter,
    @Inject(LinkedPushes) linked: LinkedPushes,
  ) {
    this.#database = database;
    this.#feed = feed;
    this.#clock = clock;
    this.#releases = releases;
    this.#linked = linked;
  }

  /** The row of the push is there already. */
  async write(tx: EntityManager, writing: Writing, outcome: Outcome): Promise<readonly WrittenNamespace[]> {
    const moved = movedOf(outcome);
    const releases = await this.#release(tx, writing, outcome, moved);
    const written = moved.map(({ namespaceId, name, gained }, index): WrittenNamespace => {
      const layer = gained.find((each) => each.kind !== 'global');
      const release = releases.get(index);
      return { namespaceId, name, ...(release && { release }), ...(layer && { layer }) };
    });
    for (const one of moved) await this.#lay(tx, writing.revision, outcome, one);
    await this.#targets(tx, outcome);
    await this.#keepContents(tx, outcome);
    const at = this.#clock.now();
    await this.#feed.append(
      tx,
      written.map(
        ({ namespaceId, name, release }): ChangeEntity => ({
          environment: outcome.place.environment,
          revision: writing.revision,
          namespaceId,
          kind: outcome.kind,
          app: outcome.place.app,
          namespace: name,
          release: release?.number ?? null,
          pushId: outcome.pushId,
          digest: release?.digest ?? null,
          actor: writing.caller.principal.name,
          message: writing.message,
          at,
        }),
      ),
    );
    return written;
  }

  /** The releases of those whose global content changes, by their place in `moved`. */
  async #release(
    tx: EntityManager,
    writing: Writing,
    { place, kind, pushId, restored }: Outcome,
    moved: readonly Moved[],
  ): Promise<ReadonlyMap<number, ReleaseEntity>> {
    const news: (NewRelease & { index: number })[] = [];
    for (const [index, { namespaceId, name, lost, gained }] of moved.entries()) {
      const isOwn = (layer: AimedLayer): boolean => layer.id === namespaceId;
      const content = gained.find(isOwn)?.value as Content | undefined;
      if (!content) continue;
      const before = lost.find(isOwn)?.value as Content | undefined;
      const back = restored?.get(name);
      news.push({
        index,
        namespace: await namespacesStore.lock(tx, namespaceId),
        kind: kind as Exclude<ReleaseKind, 'delete'>,
        sealed: seal(content),
        keys: keysOf(diffContent(before, content)),
        ...(back !== undefined && { restored: back }),
      });
    }
    const rows = await this.#releases.releaseFor(tx, writing, news, pushId);
    if (news.length > 0) {
      const { caller, revision, message, emergency = null } = writing;
      const { id: createdById, name: createdBy } = caller.principal;
      const head = { id: pushId, environment: place.environment, createdBy, createdById, message };
      const open = news.filter(({ namespace }) => namespace.isPublic);
      const namespaces = open.map((each) => ({
        namespaceId: each.namespace.id,
        keys: each.keys.slice(0, mostKeys),
      }));
      const goesBack = kind === 'rollback';
      await this.#linked.begin(tx, { ...head, revision, emergency, goesBack, namespaces });
    }
    return new Map(news.map(({ index }, at) => [index, rows[at]!]));
  }

  async #lay(
    tx: EntityManager,
    revision: number,
    outcome: Outcome,
    { namespaceId, lost, gained }: Moved,
  ): Promise<void> {
    const now = this.#clock.now();
    const ended = lost.filter((layer) => layer.kind !== 'global');
    for (const layer of ended)
      await tx.update(
        LayerEntity,
        { rowId: outcome.before.rowOf.get(layer)!.rowId, endedRevision: IsNull() },
        { endedRevision: revision, endedAt: now },
      );
    const rows = gained.flatMap((layer): LayerEntity[] => {
      if (layer.kind === 'global') return [];
      const old = ended.find((each) => each.id === layer.id);
      const was = old && outcome.before.rowOf.get(old);
      return [
        {
          rowId: randomUUID(),
          layerId: layer.id,
          ...outcome.place,
          namespaceId,
          kind: layer.kind,
          groupName: (was ? was.group : outcome.groupName) ?? null,
          ordering: layer.order,
          pushId: layer.pushId,
          revision,
          body: layer.body,
          digest: layer.digest,
          sizeBytes: Buffer.byteLength(openText(layer.body)),
          audience: layer.audience,
          expiresAt: (was ? was.expiresAt : outcome.expiresAt) ?? null,
          createdAt: was?.createdAt ?? now,
          endedRevision: null,
          endedAt: null,
        },
      ];
    });
    await insertRows(tx, 'layer', rows);
  }

  async #targets(tx: EntityManager, { pushId, plan, variantOffset }: Outcome): Promise<void> {
    const at = this.#clock.now();
    await bulkUpsert(tx, this.#database.dialect, {
      ...targetTable,
      onConflict: 'replace',
      rows: ownTargets(plan).map(({ instanceId, online, variant }) => [
        pushId,
        instanceId,
        variantOffset + variant,
        online ? 'pending' : 'offline',
        null,
        null,
        null,
        null,
        at,
      ]),
    });
  }

  /** What several layers compose to is in no release: it is kept, so that it can be shown by its digest. */
  async #keepContents(tx: EntityManager, outcome: Outcome): Promise<void> {
    const rows = new Map<string, [string, string, string]>();
    for (const { namespaceId, content, digest } of composedOf(outcome))
      rows.set(`${namespaceId} ${digest}`, [namespaceId, digest, content]);
    await bulkUpsert(tx, this.#database.dialect, {
      table: 'effective',
      key: ['namespace_id', 'digest'],
      columns: ['namespace_id', 'digest', 'content'],
      onConflict: 'keep',
      rows: [...rows.values()],
    });
  }
}

interface Moved {
  readonly namespaceId: string;
  readonly name: string;
  readonly lost: readonly AimedLayer[];
  readonly gained: readonly AimedLayer[];
}

/** A layer whose time is over is ended by its expiry, not in passing. */
function movedOf({ before, after }: Outcome): Moved[] {
  return before.namespaces.flatMap((was, index) => {
    const { layers } = after[index]!;
    const lost = was.layers.filter((layer) => isInForce(layer) && !layers.includes(layer));
    const gained = layers.filter((layer) => !was.layers.includes(layer));
    if (lost.length + gained.length === 0) return [];
    return [{ namespaceId: was.globalId, name: was.name, lost, gained }];
  });
}

/** Of each variant, by one of its instances: what it holds after, where that is made of layers. */
function* composedOf({ plan, after, instances }: Outcome) {
  const byId = new Map(instances.map((instance) => [instance.instanceId, instance]));
  const prepared = new Map(
    after.map((each) => [each.name, { each, layersOf: layersFor(each.layers, sha256) }]),
  );
  const seen = new Set<number>();
  for (const { instanceId, variant } of ownTargets(plan)) {
    const instance = byId.get(instanceId);
    if (seen.has(variant) || !instance) continue;
    seen.add(variant);
    for (const { namespace, after: digest } of plan.variants[variant]!.namespaces) {
      const { each, layersOf } = prepared.get(namespace)!;
      const layers = layersOf(instance);
      const content = compose(each.kind, layers)?.content;
      if (!content || digest === undefined || isPlain(each, layers)) continue;
      yield { namespaceId: each.globalId, digest, content: canonicalText(content) };
    }
  }
}

/** Others have pushes of their own. */
const ownTargets = ({ targets }: PushPlan) => targets.filter((target) => target.app === undefined);

/** A release alone is found by its digest, unless it takes away what it would inherit. */
const isPlain = ({ linked }: AimedNamespace, layers: readonly AimedLayer[]): boolean =>
  linked === undefined && layers.length === 1 && layers[0]!.kind === 'global';

/** What the targets of a plan are expected to hold, as their push keeps it. */
export const variantsOf = (plan: PushPlan): PushVariant[] =>
  plan.variants.map(({ namespaces }) => ({
    namespaces: namespaces.map(({ namespace, before, after }) => ({
      namespace,
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    })),
  }));
