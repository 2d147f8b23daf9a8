import { Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn, JsonColumn } from '../database/columns.ts';

/** What the instances of one node want of each limit of the whole cluster. */
export interface NodeDemand {
  readonly instances: number;
  /** Calls a second by limit, as `rule type resource`. */
  readonly rates: Readonly<Record<string, number>>;
}

/** The same, for the nodes that share the limits with it. */
@Entity('lease_demand')
export class LeaseDemandEntity {
  @PrimaryColumn({ type: 'text' }) environment!: string;
  @PrimaryColumn({ type: 'text' }) app!: string;
  @PrimaryColumn({ type: 'text' }) nodeId!: string;
  @JsonColumn() demand!: NodeDemand;
  @BigIntColumn() at!: number;
}
