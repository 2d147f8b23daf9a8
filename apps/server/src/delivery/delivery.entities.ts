import type { ApplyStage, ApplyState } from '@sluice/core';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '../database/columns.ts';

/** One instance that a push is for, and how it does. */
@Entity('push_target')
export class PushTargetEntity {
  @PrimaryColumn({ type: 'text' }) pushId!: string;
  @PrimaryColumn({ type: 'text' }) instanceId!: string;
  /** Index into the variants of its push. */
  @Column({ type: 'integer', default: 0 }) variant!: number;
  @Column({ type: 'text' }) state!: ApplyState;
  @Column({ type: 'text', nullable: true }) stage!: ApplyStage | null;
  @Column({ type: 'text', nullable: true }) error!: string | null;
  @Column({ type: 'integer', nullable: true }) ms!: number | null;
  @Column({ type: 'text', nullable: true }) digest!: string | null;
  @BigIntColumn() at!: number;
}

export const deliveryEntities = [PushTargetEntity];
