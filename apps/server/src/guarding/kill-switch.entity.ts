import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn, JsonColumn } from '../database/columns.ts';

/** The kill switch of an environment (app '') or of one app in it, as it was turned last. */
@Entity('kill_switch')
export class KillSwitchEntity {
  @PrimaryColumn({ type: 'text' }) environment!: string;
  @PrimaryColumn({ type: 'text' }) app!: string;
  @BigIntColumn() version!: number;
  @Column({ type: 'boolean' }) freezePublishes!: boolean;
  @Column({ type: 'boolean' }) monitorOnly!: boolean;
  @Column({ type: 'boolean' }) endFaults!: boolean;
  @Column({ type: 'text' }) reason!: string;
  @Column({ type: 'text' }) turnedBy!: string;
  @BigIntColumn() turnedAt!: number;
}

/** What another node says of its instances of an app: how many there are, and how many obey a version. */
@Entity('kill_ack')
export class KillAckEntity {
  @PrimaryColumn({ type: 'text' }) environment!: string;
  @PrimaryColumn({ type: 'text' }) app!: string;
  @PrimaryColumn({ type: 'text' }) nodeId!: string;
  @BigIntColumn() version!: number;
  @Column({ type: 'integer' }) instances!: number;
  @Column({ type: 'integer' }) acked!: number;
  /** Ids of those that don't obey it yet, at most as many as are ever shown. */
  @JsonColumn() silent!: readonly string[];
  @BigIntColumn() at!: number;
}
