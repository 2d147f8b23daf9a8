import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '../database/columns.ts';

/** One person's unpublished edits of one namespace, and the revision that they started from. */
@Entity('draft')
export class DraftEntity {
  @PrimaryColumn({ type: 'text' }) namespaceId!: string;
  @PrimaryColumn({ type: 'text' }) ownerId!: string;
  @Column({ type: 'text' }) ownerName!: string;
  @BigIntColumn() baseRevision!: number;
  /** Moves with every save, so that two tabs of one person don't overwrite one another. */
  @Column({ type: 'integer' }) version!: number;
  @Column({ type: 'text' }) content!: string;
  @BigIntColumn() updatedAt!: number;
}

/** What a rollback put aside of a person's draft: the newest one. */
@Entity('stash')
export class StashEntity {
  @PrimaryColumn({ type: 'text' }) namespaceId!: string;
  @PrimaryColumn({ type: 'text' }) ownerId!: string;
  @BigIntColumn() baseRevision!: number;
  @Column({ type: 'text' }) content!: string;
  @BigIntColumn() stashedAt!: number;
}
