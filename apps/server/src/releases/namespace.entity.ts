import type { DocumentFormat, Json, NamespaceKind } from '@sluice/core';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn, JsonColumn } from '../database/columns.ts';

export type JsonSchema = Readonly<Record<string, Json>>;

/** The unit of release of one app in one environment, and what is live of it. A deleted one keeps its row and history. */
@Entity('namespace')
export class NamespaceEntity {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text' }) environment!: string;
  @Column({ type: 'text' }) app!: string;
  @Column({ type: 'text' }) name!: string;
  @Column({ type: 'text' }) kind!: NamespaceKind;
  @Column({ type: 'text', nullable: true }) format!: DocumentFormat | null;
  @Column({ type: 'text' }) description!: string;
  @JsonColumn({ nullable: true }) schema!: JsonSchema | null;
  @Column({ type: 'text', nullable: true }) liveReleaseId!: string | null;
  /** Of the newest release or deletion; every write is based on it. 0 before the first. */
  @BigIntColumn() revision!: number;
  @Column({ type: 'integer' }) releaseCount!: number;
  @Column({ type: 'integer' }) itemCount!: number;
  /** Whether other apps of the environment may link it. */
  @Column({ type: 'boolean' }) isPublic!: boolean;
  /** The public namespace that it lies over. */
  @Column({ type: 'text', nullable: true }) linkId!: string | null;
  @BigIntColumn({ nullable: true }) deletedAt!: number | null;
  @BigIntColumn() createdAt!: number;
}
