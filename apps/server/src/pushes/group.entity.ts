import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '../database/columns.ts';

/** A named label selector of an app in an environment. */
@Entity('instance_group')
export class GroupEntity {
  @PrimaryColumn({ type: 'text' }) environment!: string;
  @PrimaryColumn({ type: 'text' }) app!: string;
  @PrimaryColumn({ type: 'text' }) name!: string;
  /** As core prints it, so that it can be read again. */
  @Column({ type: 'text' }) selector!: string;
  @Column({ type: 'text' }) description!: string;
  @Column({ type: 'integer' }) ordering!: number;
  @Column({ type: 'text' }) createdBy!: string;
  @BigIntColumn() createdAt!: number;
}
