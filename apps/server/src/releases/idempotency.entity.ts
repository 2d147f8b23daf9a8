import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn, JsonColumn } from '../database/columns.ts';

/** The first answer to a request that came with an Idempotency-Key, written in the transaction that did the work. */
@Entity('idempotency')
export class IdempotencyEntity {
  @PrimaryColumn({ type: 'text' }) actor!: string;
  @PrimaryColumn({ type: 'text' }) key!: string;
  @Column({ type: 'text' }) requestHash!: string;
  @JsonColumn() response!: unknown;
  @BigIntColumn() createdAt!: number;
}
