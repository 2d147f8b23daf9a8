import type { Grant, Permission, Role } from '@sluice/protocol';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { BigIntColumn, JsonColumn } from '../database/columns.ts';

/** A person who may sign in. */
@Entity('account')
export class AccountEntity {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text' }) name!: string;
  @Column({ type: 'text' }) passwordHash!: string;
  @JsonColumn() grants!: Grant[];
  @Column({ type: 'boolean' }) disabled!: boolean;
  @BigIntColumn() createdAt!: number;
  @BigIntColumn({ nullable: true }) lastSeenAt!: number | null;
}

/** A signed-in browser. The id itself is only in its cookie; here is its hash. */
@Entity('session')
export class SessionEntity {
  @PrimaryColumn({ type: 'text' }) idHash!: string;
  @Column({ type: 'text' }) accountId!: string;
  @Column({ type: 'text' }) remoteAddress!: string;
  @Column({ type: 'text' }) userAgent!: string;
  @BigIntColumn() createdAt!: number;
  @BigIntColumn() lastSeenAt!: number;
}

/** What an application (`client`) or a script (`api`) signs in with. The secret was shown once; here is its hash. */
@Entity('token')
export class TokenEntity {
  @PrimaryColumn({ type: 'text' }) id!: string;
  @Column({ type: 'text' }) name!: string;
  @Column({ type: 'text' }) kind!: 'client' | 'api';
  @Column({ type: 'text' }) secretHash!: string;
  @Column({ type: 'text' }) environment!: string;
  @Column({ type: 'text' }) app!: string;
  /** Of an `api` token; null: whatever its owner may. */
  @Column({ type: 'text', nullable: true }) role!: Role | null;
  @JsonColumn({ nullable: true }) onlyPermissions!: Permission[] | null;
  /** The account that it stands for; null for one that no account stands for. */
  @Column({ type: 'text', nullable: true }) ownerId!: string | null;
  @Column({ type: 'text' }) createdBy!: string;
  @BigIntColumn() createdAt!: number;
  @BigIntColumn({ nullable: true }) expiresAt!: number | null;
  @BigIntColumn({ nullable: true }) lastUsedAt!: number | null;
  @BigIntColumn({ nullable: true }) revokedAt!: number | null;
  /** Counts its secrets. The one before the last rotation opens until `oldUntil`. */
  @Column({ type: 'integer' }) generation!: number;
  @BigIntColumn({ nullable: true }) rotatedAt!: number | null;
  @Column({ type: 'text', nullable: true }) oldSecretHash!: string | null;
  @BigIntColumn({ nullable: true }) oldUntil!: number | null;
  @BigIntColumn({ nullable: true }) oldUsedAt!: number | null;
}

/** Sign-ins of one name, or from one address, that failed lately: counted by all nodes together. */
@Entity('sign_in_failures')
export class SignInFailuresEntity {
  @PrimaryColumn({ type: 'text' }) key!: string;
  @JsonColumn() times!: number[];
  /** From then on none of them counts. */
  @BigIntColumn() until!: number;
}

export const accessEntities = [AccountEntity, SessionEntity, TokenEntity, SignInFailuresEntity];
