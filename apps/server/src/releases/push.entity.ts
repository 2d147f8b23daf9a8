import type { Push } from '@sluice/protocol';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '../database/columns.ts';

/** Delivering one release. Begun with the release, in its transaction; carried out and settled by the delivery. */
@Entity('push')
export class PushEntity {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text' }) environment!: string;
  @Column({ type: 'text' }) app!: string;
  @Column({ type: 'text' }) namespace!: string;
  @Column({ type: 'text' }) namespaceId!: string;
  @Column({ type: 'text' }) mode!: Push['mode'];
  @Column({ type: 'text' }) state!: Push['state'];
  @Column({ type: 'integer' }) release!: number;
  @BigIntColumn() revision!: number;
  @Column({ type: 'text' }) digest!: string;
  @Column({ type: 'text' }) createdBy!: string;
  @Column({ type: 'text' }) message!: string;
  @BigIntColumn() createdAt!: number;
  @BigIntColumn({ nullable: true }) settledAt!: number | null;
  @Column({ type: 'integer', nullable: true }) lastAppliedMs!: number | null;
}
