import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '../database/columns.ts';
import type { ReleaseKind } from '../feed/change.entity.ts';

/** Published content. Never edited. A deletion is one too, with the empty content of its kind. */
@Entity('release')
export class ReleaseEntity {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text' }) namespaceId!: string;
  /** Counts the releases of one namespace without a gap. */
  @Column({ type: 'integer' }) number!: number;
  @BigIntColumn() revision!: number;
  @Column({ type: 'text' }) kind!: ReleaseKind;
  @Column({ type: 'text' }) digest!: string;
  @Column({ type: 'integer' }) sizeBytes!: number;
  /** Canonical text, its secrets sealed: `digest` is of what instances see. */
  @Column({ type: 'text' }) content!: string;
  @Column({ type: 'text' }) message!: string;
  @Column({ type: 'text' }) author!: string;
  @Column({ type: 'integer', nullable: true }) restored!: number | null;
  @Column({ type: 'text', nullable: true }) pushId!: string | null;
  @BigIntColumn() createdAt!: number;
}
