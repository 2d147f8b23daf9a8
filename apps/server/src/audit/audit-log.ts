import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { auditText, type ChainHead } from '@sluice/protocol';
import type { EntityManager } from 'typeorm';
import { returning } from '../database/returning.ts';
import { insertRows } from '../database/write-rows.ts';
import { Clock } from '../env/clock.ts';
import type { Caller, Principal } from '../http/caller.ts';
import { type AuditEntity, SettingEntity } from './audit.entity.ts';
import { toEntry } from './audit-entry.ts';

/** What a service says about something that it did. */
export interface AuditRecord {
  /** `noun.verb`: `token.create`. */
  readonly action: string;
  readonly environment?: string;
  readonly app?: string;
  /** The name of what was changed. */
  readonly target: string;
  readonly revision?: number;
  /** Plain data that tells what changed. Never a secret. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

const kinds: Readonly<Record<Principal['kind'], AuditEntity['actorKind']>> = {
  user: 'user',
  token: 'token',
  client: 'token',
  insecureDev: 'insecureDev',
  system: 'system',
  anonymous: 'system',
};

/** Writes what was done, into the same transaction as the deed: either both are there or neither. */
@Injectable()
export class AuditLog {
  readonly #clock: Clock;

  constructor(@Inject(Clock) clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Adds one row to the chain. Call it last in a transaction: it holds the lock of the chain's head until the commit,
   * and that lock is what makes the sequence free of gaps and forks.
   */
  async append(tx: EntityManager, caller: Caller, record: AuditRecord): Promise<void> {
    // An UPDATE takes the row's lock on PostgreSQL; what it returns is the newest committed head.
    const [locked] = await returning<{ value: string }>(
      tx,
      "UPDATE setting SET value = value WHERE name = 'audit' RETURNING value",
      [],
    );
    const head = JSON.parse(locked!.value) as ChainHead;
    const row = {
      sequence: head.sequence + 1,
      at: this.#clock.now(),
      actor: asText(caller.principal.name),
      actorId: caller.principal.id,
      actorKind: kinds[caller.principal.kind],
      remoteAddress: caller.remoteAddress,
      via: caller.via,
      action: record.action,
      environment: record.environment ?? null,
      app: record.app ?? null,
      target: asText(record.target),
      revision: record.revision ?? null,
      detail: asJson(record.detail ?? {}),
      previousHash: head.hash,
    };
    const hash = createHash('sha256')
      .update(auditText(toEntry({ ...row, hash: '' })))
      .digest('hex');
    await insertRows(tx, 'audit', [{ ...row, hash }]);
    await tx.update(SettingEntity, { name: 'audit' }, { value: { sequence: row.sequence, hash } });
  }
}

/** Text that both databases give back as it was: no NUL, no half of a character. */
const asText = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');

/** What JSON keeps of it, so that the hash covers exactly what a reader gets back. */
const asJson = (detail: object): Record<string, unknown> => JSON.parse(JSON.stringify(detail));
