import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn } from '../database/columns.ts';

/** A program whose processes are instances. It exists in every environment. */
@Entity('app')
export class AppEntity {
  @PrimaryColumn({ type: 'text' }) name!: string;
  @Column({ type: 'text' }) title!: string;
  @Column({ type: 'text' }) owner!: string;
  @BigIntColumn() createdAt!: number;
}
