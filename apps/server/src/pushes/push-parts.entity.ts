import type { Cohort } from '@sluice/core';
import type { PushPlanBody } from '@sluice/protocol';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn, JsonColumn } from '../database/columns.ts';

/** The plan of a push as it was confirmed. */
@Entity('push_plan')
export class PushPlanEntity {
  @PrimaryColumn({ type: 'text' }) pushId!: string;
  @JsonColumn() plan!: PushPlanBody;
}

/** The instances of a pinned gray. */
@Entity('cohort')
export class CohortEntity {
  @PrimaryColumn({ type: 'text' }) pushId!: string;
  @JsonColumn() data!: Cohort;
}

/** Somebody's yes to a proposed push, as it was by one plan. */
@Entity('approval')
export class ApprovalEntity {
  @PrimaryColumn({ type: 'text' }) pushId!: string;
  /** The user's name, also where a token of his said it. */
  @PrimaryColumn({ type: 'text' }) person!: string;
  @Column({ type: 'text' }) name!: string;
  @Column({ type: 'text' }) planHash!: string;
  @Column({ type: 'text' }) message!: string;
  @BigIntColumn() at!: number;
}
