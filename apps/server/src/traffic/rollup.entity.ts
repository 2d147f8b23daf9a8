import type { ResourceType } from '@sluice/core';
import { Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn, JsonColumn, PrimaryBigIntColumn } from '../database/columns.ts';

/** What calls of one resource came to in a minute or an hour, as one node's instances told it. */
@Entity('traffic_rollup')
export class RollupEntity {
  @PrimaryColumn({ type: 'text' }) environment!: string;
  @PrimaryColumn({ type: 'text' }) app!: string;
  @PrimaryColumn({ type: 'text' }) resource!: string;
  @PrimaryColumn({ type: 'text' }) type!: ResourceType;
  @PrimaryBigIntColumn() stepMs!: number;
  @PrimaryBigIntColumn() at!: number;
  @PrimaryColumn({ type: 'text' }) nodeId!: string;
  /** In the order of `tally-fields`, then who was heard, in that of `heard`. */
  @JsonColumn() counts!: number[];
  @JsonColumn() latency!: [bucket: number, calls: number][];
}

/** A name that calls of an app came through. */
@Entity('resource_seen')
export class ResourceSeenEntity {
  @PrimaryColumn({ type: 'text' }) environment!: string;
  @PrimaryColumn({ type: 'text' }) app!: string;
  @PrimaryColumn({ type: 'text' }) resource!: string;
  @PrimaryColumn({ type: 'text' }) type!: ResourceType;
  @BigIntColumn() firstSeenAt!: number;
  @BigIntColumn() lastSeenAt!: number;
}

export const trafficEntities = [RollupEntity, ResourceSeenEntity];
