import { Column, Entity, PrimaryColumn } from 'typeorm';
import { PrimaryBigIntColumn } from '../database/columns.ts';

/** From when on an instance held a content of a namespace, until its next row of the same. Never edited. */
@Entity('holding_log')
export class HoldingLogEntity {
  @PrimaryColumn({ type: 'text' }) environment!: string;
  @PrimaryColumn({ type: 'text' }) app!: string;
  @PrimaryColumn({ type: 'text' }) instanceId!: string;
  @PrimaryColumn({ type: 'text' }) namespace!: string;
  /** Null: from then on it held nothing of the namespace. */
  @Column({ type: 'text', nullable: true }) digest!: string | null;
  @PrimaryBigIntColumn() since!: number;
  /** The newest push of what it held then. */
  @Column({ type: 'text', nullable: true }) pushId!: string | null;
}
