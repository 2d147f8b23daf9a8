import type { Content } from '@sluice/core';
import { type EntityManager, In, IsNull } from 'typeorm';
import { isPostgres } from '../database/returning.ts';
import { EnvironmentEntity } from '../feed/change.entity.ts';
import { composed } from './composed.ts';
import { maxLinks } from './linked-layers.ts';
import { type JsonSchema, NamespaceEntity } from './namespace.entity.ts';
import { ReleaseEntity } from './release.entity.ts';
import { contentOf, releasesStore } from './releases.store.ts';

/** A namespace that links a public one, directly or by way of others. */
export interface LinkingNamespace {
  readonly row: NamespaceEntity;
  /** How many links lie between. */
  readonly depth: number;
  /** Of the given ones, that which it leads to. */
  readonly to: string;
}

/** What lies below a namespace by its links. */
export interface Inherited {
  /** Nearest first; of the last nothing is live, or it links nothing. */
  readonly chain: readonly { readonly row: NamespaceEntity; readonly release: ReleaseEntity }[];
  /** What they come to; undefined where nothing is live. */
  readonly content: Content | undefined;
  /** Of the namespace at the end of the chain, whatever is live there. */
  readonly schema: JsonSchema | null;
}

/** Reads who links whom, inside a transaction or outside: it is told by the manager that it is given. */
export const linksStore = {
  /** Everybody else who makes, changes or releases links there waits until this transaction ends. */
  async holdEnvironment(tx: EntityManager, name: string): Promise<void> {
    const lock = isPostgres(tx) ? { lock: { mode: 'pessimistic_write' as const } } : {};
    await tx.findOne(EnvironmentEntity, { where: { name }, ...lock });
  },

  /** What a namespace links, nearest first. */
  async upstream(
    manager: EntityManager,
    { linkId }: Pick<NamespaceEntity, 'linkId'>,
  ): Promise<NamespaceEntity[]> {
    const found: NamespaceEntity[] = [];
    for (let id = linkId; id !== null && found.length <= maxLinks; ) {
      const row = await manager.findOneBy(NamespaceEntity, { id });
      if (!row) break;
      found.push(row);
      id = row.linkId;
    }
    return found;
  },

  /** Who links these, directly or by way of others; of `liveOnly`, as far as they bring it to instances. */
  async downstream(
    manager: EntityManager,
    ids: readonly string[],
    liveOnly = false,
  ): Promise<LinkingNamespace[]> {
    const found: LinkingNamespace[] = [];
    let reached = new Map(ids.map((id) => [id, id]));
    for (let depth = 1; depth <= maxLinks && reached.size > 0; depth++) {
      const rows = await manager.findBy(NamespaceEntity, {
        linkId: In([...reached.keys()]),
        deletedAt: IsNull(),
      });
      const next = new Map<string, string>();
      for (const row of rows.filter((each) => !liveOnly || each.liveReleaseId !== null)) {
        const to = reached.get(row.linkId!)!;
        found.push({ row, depth, to });
        next.set(row.id, to);
      }
      reached = next;
    }
    return found;
  },

  async inherited(
    manager: EntityManager,
    namespace: Pick<NamespaceEntity, 'kind' | 'linkId'>,
  ): Promise<Inherited> {
    const chain: { row: NamespaceEntity; release: ReleaseEntity }[] = [];
    const rows = await linksStore.upstream(manager, namespace);
    for (const row of rows) {
      const release = await releasesStore.live(manager, row.liveReleaseId);
      if (!release) break;
      chain.push({ row, release });
    }
    const contents = chain.map(({ release }) => contentOf(release)).reverse();
    const schema = rows.at(-1)?.schema ?? null;
    return { chain, content: composed(namespace.kind, contents), schema };
  },
};
