import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn, PrimaryBigIntColumn } from '../database/columns.ts';

/** What makes a release. */
export type ReleaseKind = 'publish' | 'rollback' | 'import' | 'delete' | 'promote';

/** What a revision did: a release, something to the layers of some instances, or a release of what is linked. */
export type ChangeKind = ReleaseKind | 'layer' | 'step' | 'abandon' | 'expire' | 'cohort' | 'linked';

/** One row of the change log: what a revision changed for some instance. Never edited. */
@Entity('change')
export class ChangeEntity {
  @PrimaryColumn({ type: 'text' }) environment!: string;
  @PrimaryBigIntColumn() revision!: number;
  @PrimaryColumn({ type: 'text' }) namespaceId!: string;
  @Column({ type: 'text' }) kind!: ChangeKind;
  @Column({ type: 'text' }) app!: string;
  @Column({ type: 'text' }) namespace!: string;
  @Column({ type: 'integer', nullable: true }) release!: number | null;
  @Column({ type: 'text', nullable: true }) pushId!: string | null;
  /** Of the content that is live from this revision on; null after a deletion, and where only layers changed. */
  @Column({ type: 'text', nullable: true }) digest!: string | null;
  @Column({ type: 'text' }) actor!: string;
  @Column({ type: 'text' }) message!: string;
  @BigIntColumn() at!: number;
}

/** The environment's counter: the feed moves it, under the row's lock. */
@Entity('environment')
export class EnvironmentEntity {
  @PrimaryColumn({ type: 'text' }) name!: string;
  @BigIntColumn() revision!: number;
  @BigIntColumn() epoch!: number;
  @Column({ type: 'boolean' }) protected!: boolean;
  /** How many others must approve what is released there. */
  @Column({ type: 'integer' }) approvals!: number;
  @BigIntColumn() createdAt!: number;
}

export const feedEntities = [ChangeEntity, EnvironmentEntity];
