import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { canonicalText, SluiceError } from '@sluice/core';
import { type EntityManager, LessThan } from 'typeorm';
import { AuditLog, type AuditRecord } from '../audit/audit-log.ts';
import { Database } from '../database/database.ts';
import { Clock } from '../env/clock.ts';
import { SecretKey } from '../env/secret-key.ts';
import type { Caller } from '../http/caller.ts';
import { IdempotencyEntity } from './idempotency.entity.ts';

/** What a transaction brought: the answer to its caller, and its row in the audit. */
export interface Deed<T> {
  readonly answer: T;
  readonly record: AuditRecord;
}

/** Runs one transaction; the audit row is its last statement. */
export type Commit<T> = (work: (tx: EntityManager) => Promise<Deed<T>>) => Promise<T>;

export interface OnceRequest {
  readonly caller: Caller;
  readonly key?: string | undefined;
  /** All that makes this request this one: its operation, address, base and body. */
  readonly request: Readonly<Record<string, unknown>>;
}

/** A retry comes within minutes; a day is generous. */
const keptMs = 24 * 60 * 60 * 1000;

/**
 * Makes a retry safe. The key is claimed at the start of the transaction that does the work, and the answer is stored
 * in it: two requests with one key never both succeed, and the second is given the first's answer.
 */
@Injectable()
export class Once {
  readonly #database: Database;
  readonly #audit: AuditLog;
  readonly #clock: Clock;
  readonly #key: Buffer;

  constructor(
    @Inject(Database) database: Database,
    @Inject(AuditLog) audit: AuditLog,
    @Inject(Clock) clock: Clock,
    @Inject(SecretKey) key: SecretKey,
  ) {
    this.#database = database;
    this.#audit = audit;
    this.#clock = clock;
    this.#key = key.bytes;
  }

  async run<T>(once: OnceRequest, work: (commit: Commit<T>) => Promise<T>): Promise<T> {
    const { caller, key } = once;
    if (key === undefined)
      return work((deed) =>
        this.#database.write(async (tx) => {
          const { answer, record } = await deed(tx);
          await this.#audit.append(tx, caller, record);
          return answer;
        }),
      );
    const claim = { actor: actorOf(caller), key, requestHash: hashOf(once.request, this.#key) };
    const first = await this.#firstAnswer<T>(claim);
    if (first) return first.response;
    try {
      return await work((deed) => this.#claimed(caller, claim, deed));
    } catch (error) {
      // Somebody with the same key may have been quicker; then his answer is ours, whatever stopped us.
      const quicker = await this.#firstAnswer<T>(claim).catch((late: unknown) => {
        throw late instanceof SluiceError && late.code === 'idempotency_mismatch' ? late : error;
      });
      if (quicker) return quicker.response;
      throw error;
    }
  }

  #claimed<T>(caller: Caller, claim: Claim, deed: (tx: EntityManager) => Promise<Deed<T>>): Promise<T> {
    return this.#database.write(async (tx) => {
      const createdAt = this.#clock.now();
      await tx.delete(IdempotencyEntity, { createdAt: LessThan(createdAt - keptMs) });
      await tx.insert(IdempotencyEntity, { ...claim, response: {}, createdAt });
      const { answer, record } = await deed(tx);
      const { actor, key } = claim;
      await tx.update(IdempotencyEntity, { actor, key }, { response: answer as object });
      await this.#audit.append(tx, caller, record);
      return answer;
    });
  }

  async #firstAnswer<T>({ actor, key, requestHash }: Claim): Promise<{ response: T } | undefined> {
    const row = await this.#database.read.findOneBy(IdempotencyEntity, { actor, key });
    if (!row || row.createdAt < this.#clock.now() - keptMs) return undefined;
    if (row.requestHash !== requestHash) throw new SluiceError('idempotency_mismatch');
    return { response: row.response as T };
  }
}

interface Claim {
  readonly actor: string;
  readonly key: string;
  readonly requestHash: string;
}

const actorOf = ({ principal }: Caller): string => `${principal.kind}:${principal.id}`;

/** Under a key: a request may hold a secret, and a plain hash of it could be guessed from. */
const hashOf = (request: object, key: Buffer): string =>
  createHmac('sha256', key)
    .update(`request ${canonicalText(request)}`)
    .digest('hex');
