import type { CacheState, ReadyState } from '@sluice/core';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn, JsonColumn } from '../database/columns.ts';
import { HoldingLogEntity } from './holding-log.entity.ts';
import { NodeQuestionEntity } from './node-question.entity.ts';

/** What an instance says it holds of one namespace. */
export interface Holding {
  readonly digest: string;
  /** When it said so first, milliseconds since 1970. */
  readonly at: number;
  /** Why it refused what it was sent last, or what its listener threw. */
  readonly error?: string | undefined;
  /** It holds it, and a listener threw. */
  readonly failed?: true | undefined;
}

/** The last that was heard of an instance; the truth about online ones is in the memory of their node. */
@Entity('instance')
export class InstanceEntity {
  @PrimaryColumn({ type: 'text' }) environment!: string;
  @PrimaryColumn({ type: 'text' }) app!: string;
  @PrimaryColumn({ type: 'text' }) instanceId!: string;
  @Column({ type: 'text' }) bootId!: string;
  @Column({ type: 'text', nullable: true }) nodeId!: string | null;
  @Column({ type: 'boolean' }) online!: boolean;
  @Column({ type: 'boolean' }) conflict!: boolean;
  @JsonColumn() labels!: Record<string, string>;
  @Column({ type: 'text' }) sdk!: string;
  @Column({ type: 'text' }) remoteAddress!: string;
  @Column({ type: 'text' }) ready!: ReadyState;
  @Column({ type: 'text' }) cache!: CacheState;
  @BigIntColumn() revision!: number;
  @Column({ type: 'text' }) rootDigest!: string;
  @JsonColumn() holds!: Record<string, Holding>;
  @BigIntColumn() startedAt!: number;
  @BigIntColumn() lastSeenAt!: number;
}

/** A server process with its lease; instances of a node whose lease ran out are offline. */
@Entity('node')
export class NodeEntity {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @BigIntColumn() startedAt!: number;
  @BigIntColumn() leaseUntil!: number;
  @Column({ type: 'integer' }) instances!: number;
  /** Pages of the console that are connected to it. */
  @Column({ type: 'integer' }) pages!: number;
  @Column({ type: 'text' }) version!: string;
  @BigIntColumn() memoryBytes!: number;
}

export const fleetEntities = [InstanceEntity, NodeEntity, HoldingLogEntity, NodeQuestionEntity];
