import { type EntityManager, Not } from 'typeorm';
import { DraftEntity, StashEntity } from './draft.entity.ts';

/** Reads and writes drafts, inside a transaction or outside: it is told by the manager that it is given. */
export const draftsStore = {
  async of(manager: EntityManager, namespaceId: string, ownerId: string): Promise<DraftEntity | undefined> {
    return (await manager.findOneBy(DraftEntity, { namespaceId, ownerId })) ?? undefined;
  },

  /** Whose drafts there are beside one's own, without their contents. */
  ofOthers(manager: EntityManager, namespaceId: string, ownerId: string): Promise<DraftEntity[]> {
    return manager.find(DraftEntity, {
      where: { namespaceId, ownerId: Not(ownerId) },
      select: { namespaceId: true, ownerId: true, ownerName: true, updatedAt: true },
      order: { ownerName: 'ASC', ownerId: 'ASC' },
    });
  },

  async stashOf(
    manager: EntityManager,
    namespaceId: string,
    ownerId: string,
  ): Promise<StashEntity | undefined> {
    return (await manager.findOneBy(StashEntity, { namespaceId, ownerId })) ?? undefined;
  },

  insert: async (tx: EntityManager, row: DraftEntity): Promise<void> =>
    void (await tx.insert(DraftEntity, row)),

  /** Writes over the version that the row is one ahead of; false when it is no longer that version. */
  async replace(tx: EntityManager, row: DraftEntity): Promise<boolean> {
    const { namespaceId, ownerId, version } = row;
    const { affected } = await tx.update(DraftEntity, { namespaceId, ownerId, version: version - 1 }, row);
    return affected === 1;
  },

  /** Takes a draft away; false when it is not there (in that version) any more. */
  async remove(tx: EntityManager, namespaceId: string, ownerId: string, version?: number): Promise<boolean> {
    const { affected } = await tx.delete(DraftEntity, {
      namespaceId,
      ownerId,
      ...(version !== undefined && { version }),
    });
    return affected === 1;
  },

  async removeStash(tx: EntityManager, namespaceId: string, ownerId: string): Promise<boolean> {
    const { affected } = await tx.delete(StashEntity, { namespaceId, ownerId });
    return affected === 1;
  },

  /** Puts a person's draft aside, in place of what was put aside before; whether there was one. */
  async putAside(tx: EntityManager, namespaceId: string, ownerId: string, now: number): Promise<boolean> {
    const draft = await this.of(tx, namespaceId, ownerId);
    if (!draft) return false;
    const { baseRevision, content } = draft;
    await this.removeStash(tx, namespaceId, ownerId);
    await tx.insert(StashEntity, { namespaceId, ownerId, baseRevision, content, stashedAt: now });
    return this.remove(tx, namespaceId, ownerId);
  },
};
