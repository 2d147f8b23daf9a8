import type { ErrorText } from '@sluice/core';
import type { DrillDefinition, DrillEvent, DrillFinding, DrillMeasure, DrillState } from '@sluice/protocol';
import type { DrillRecord } from '@sluice/protocol/client';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn, JsonColumn } from '../database/columns.ts';
import type { PartData } from './part.ts';

type Outcome = 'aborted' | 'interrupted';

/** Why a drill ended; by its own deadline: twice null. */
export interface Ending {
  readonly outcome: Outcome | null;
  readonly because: ErrorText | null;
}

@Entity('drill')
export class DrillEntity {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text' }) environment!: string;
  @Column({ type: 'text' }) app!: string;
  @Column({ type: 'text' }) title!: string;
  @Column({ type: 'text' }) state!: DrillState;
  @JsonColumn() definition!: DrillDefinition;
  @Column({ type: 'text' }) createdBy!: string;
  @BigIntColumn() createdAt!: number;
  @JsonColumn() findings!: DrillFinding[];
  @BigIntColumn({ nullable: true }) checkedAt!: number | null;
  @Column({ type: 'text', nullable: true }) startedBy!: string | null;
  @BigIntColumn({ nullable: true }) startedAt!: number | null;
  @BigIntColumn({ nullable: true }) deadlineAt!: number | null;
  @BigIntColumn({ nullable: true }) endedAt!: number | null;
  @BigIntColumn({ nullable: true }) finishedAt!: number | null;
  @Column({ type: 'text', nullable: true }) outcome!: Outcome | null;
  @JsonColumn({ nullable: true }) because!: ErrorText | null;
  /** Who drives it. */
  @Column({ type: 'text', nullable: true }) nodeId!: string | null;
  /** Grows each second while its driver lives and can write. */
  @Column({ type: 'integer' }) beat!: number;
  @BigIntColumn({ nullable: true }) beatAt!: number | null;
  @JsonColumn() measures!: DrillMeasure[];
  @BigIntColumn({ nullable: true }) recoveredAt!: number | null;
  @Column({ type: 'integer' }) targets!: number;
  @Column({ type: 'integer' }) active!: number;
  @Column({ type: 'integer' }) clean!: number;
  @BigIntColumn() injected!: number;
}

/** One instance that a drill is in, as it last told: totals of each of its processes, by boot id. */
@Entity('drill_target')
export class DrillTargetEntity {
  @PrimaryColumn({ type: 'text' }) drillId!: string;
  @PrimaryColumn({ type: 'text' }) instanceId!: string;
  /** The node that it was connected to last. */
  @Column({ type: 'text', nullable: true }) nodeId!: string | null;
  /** Of the process that is connected, or was last. */
  @Column({ type: 'text' }) bootId!: string;
  @Column({ type: 'boolean' }) connected!: boolean;
  @JsonColumn() records!: Record<string, DrillRecord>;
  @Column({ type: 'text', nullable: true }) cleanBy!: 'told' | 'restarted' | 'silence' | null;
  @BigIntColumn({ nullable: true }) cleanAt!: number | null;
  @BigIntColumn({ nullable: true }) heardAt!: number | null;
}

@Entity('drill_event')
export class DrillEventEntity {
  @PrimaryColumn({ type: 'text' }) drillId!: string;
  @PrimaryColumn({ type: 'text' }) nodeId!: string;
  @PrimaryColumn({ type: 'integer' }) number!: number;
  @BigIntColumn() at!: number;
  @JsonColumn() event!: StoredEvent;
}

/** A breaker's turn carries what the report needs of it. */
export type StoredEvent = Pick<DrillEvent, 'kind' | 'text'> & {
  readonly instanceId?: string;
  readonly turn?: StoredTurn;
};

export interface StoredTurn {
  readonly app: string;
  readonly rule: string;
  readonly resource: string;
  readonly type: 'web' | 'rpc' | 'outbound' | 'method' | 'job';
  readonly from: 'closed' | 'open' | 'halfOpen' | 'forcedOpen' | 'forcedClosed';
  readonly to: 'closed' | 'open' | 'halfOpen' | 'forcedOpen' | 'forcedClosed';
  readonly reason: string;
}

/** What one node measured for a drill. */
@Entity('drill_part')
export class DrillPartEntity {
  @PrimaryColumn({ type: 'text' }) drillId!: string;
  @PrimaryColumn({ type: 'text' }) nodeId!: string;
  @Column({ type: 'integer' }) sequence!: number;
  @JsonColumn() data!: PartData;
}

export const drillsEntities = [DrillEntity, DrillTargetEntity, DrillEventEntity, DrillPartEntity];
