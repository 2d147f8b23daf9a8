import type { Audience, LayerKind } from '@sluice/core';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn, JsonColumn } from '../database/columns.ts';

/**
 * A layer for some instances during a span of revisions. A row never changes but for its end: a step of a gray, or a
 * cohort in which somebody was replaced, ends the row and begins the next one of the same `layerId`.
 */
@Entity('layer')
export class LayerEntity {
  @PrimaryColumn({ type: 'text' }) rowId!: string;
  @Column({ type: 'text' }) layerId!: string;
  @Column({ type: 'text' }) environment!: string;
  @Column({ type: 'text' }) app!: string;
  @Column({ type: 'text' }) namespaceId!: string;
  @Column({ type: 'text' }) kind!: Exclude<LayerKind, 'global'>;
  @Column({ type: 'text', nullable: true }) groupName!: string | null;
  @Column({ type: 'integer' }) ordering!: number;
  @Column({ type: 'text' }) pushId!: string;
  /** From this revision on. */
  @BigIntColumn() revision!: number;
  /** Canonical text of a patch or of a whole document, its secrets sealed: `digest` is of what instances see. */
  @Column({ type: 'text' }) body!: string;
  @Column({ type: 'text' }) digest!: string;
  @Column({ type: 'integer' }) sizeBytes!: number;
  @JsonColumn() audience!: Audience;
  @BigIntColumn({ nullable: true }) expiresAt!: number | null;
  @BigIntColumn() createdAt!: number;
  /** From this revision on it is no longer there; null while it is in force. */
  @BigIntColumn({ nullable: true }) endedRevision!: number | null;
  @BigIntColumn({ nullable: true }) endedAt!: number | null;
}

/** What layers compose to for some instances, kept so that what an instance holds can be shown by its digest. */
@Entity('effective')
export class EffectiveEntity {
  @PrimaryColumn({ type: 'text' }) namespaceId!: string;
  @PrimaryColumn({ type: 'text' }) digest!: string;
  /** Canonical text. */
  @Column({ type: 'text' }) content!: string;
}
