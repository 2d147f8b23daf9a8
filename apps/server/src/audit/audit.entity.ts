import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn, JsonColumn, PrimaryBigIntColumn } from '../database/columns.ts';

/** One thing that somebody did. Never edited, never deleted; `hash` covers the row and everything before it. */
@Entity('audit')
export class AuditEntity {
  @PrimaryBigIntColumn() sequence!: number;
  @BigIntColumn() at!: number;
  @Column({ type: 'text' }) actor!: string;
  @Column({ type: 'text' }) actorId!: string;
  @Column({ type: 'text' }) actorKind!: 'user' | 'token' | 'system' | 'insecureDev';
  @Column({ type: 'text' }) remoteAddress!: string;
  @Column({ type: 'text' }) via!: 'console' | 'cli' | 'api' | 'server';
  @Column({ type: 'text' }) action!: string;
  @Column({ type: 'text', nullable: true }) environment!: string | null;
  @Column({ type: 'text', nullable: true }) app!: string | null;
  @Column({ type: 'text' }) target!: string;
  @BigIntColumn({ nullable: true }) revision!: number | null;
  @JsonColumn() detail!: Record<string, unknown>;
  @Column({ type: 'text' }) previousHash!: string;
  @Column({ type: 'text' }) hash!: string;
}

/** A fact about the whole installation, by name. The row `audit` is the head of the audit's chain. */
@Entity('setting')
export class SettingEntity {
  @PrimaryColumn({ type: 'text' }) name!: string;
  @JsonColumn() value!: Record<string, unknown>;
}

export const auditEntities = [AuditEntity, SettingEntity];
