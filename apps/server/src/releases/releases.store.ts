import type { Content } from '@sluice/core';
import type { EntityManager } from 'typeorm';
import { insertRows } from '../database/write-rows.ts';
import { ReleaseEntity } from './release.entity.ts';
import { type ReleaseRow, summaryColumns } from './release-model.ts';

/** The column has 32 bits, and PostgreSQL refuses to compare it with more. */
export const maxReleaseNumber = 2 ** 31 - 1;

/** Reads and writes releases, inside a transaction or outside: it is told by the manager that it is given. */
export const releasesStore = {
  async byNumber(
    manager: EntityManager,
    namespaceId: string,
    number: number,
  ): Promise<ReleaseEntity | undefined> {
    if (number > maxReleaseNumber) return undefined;
    return (await manager.findOneBy(ReleaseEntity, { namespaceId, number })) ?? undefined;
  },

  async summary(
    manager: EntityManager,
    namespaceId: string,
    number: number,
  ): Promise<ReleaseRow | undefined> {
    const where = { namespaceId, number };
    return (await manager.findOne(ReleaseEntity, { where, select: summaryColumns })) ?? undefined;
  },

  async live(manager: EntityManager, liveReleaseId: string | null): Promise<ReleaseEntity | undefined> {
    if (liveReleaseId === null) return undefined;
    return (await manager.findOneBy(ReleaseEntity, { id: liveReleaseId })) ?? undefined;
  },

  /** What was live at a revision that somebody names as his base; undefined when nothing was released then. */
  async contentAt(
    manager: EntityManager,
    namespaceId: string,
    revision: number,
  ): Promise<Content | undefined> {
    const row = await manager.findOneBy(ReleaseEntity, { namespaceId, revision });
    return row ? contentOf(row) : undefined;
  },

  async insert(tx: EntityManager, rows: readonly ReleaseEntity[]): Promise<void> {
    await insertRows(tx, 'release', rows);
  },
};

export const contentOf = (row: ReleaseEntity): Content => JSON.parse(row.content) as Content;
