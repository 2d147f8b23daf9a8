import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { LessThan } from 'typeorm';
import { Database } from '../database/database.ts';
import { placed } from '../database/returning.ts';
import { Clock } from '../env/clock.ts';
import { SignInFailuresEntity } from './access.entities.ts';
import { addressKey } from './address-key.ts';
import { type AttemptLimit, oneMore, recent } from './attempt-limit.ts';
import { hashSecret } from './opaque-secret.ts';

const ofName: AttemptLimit = { failures: 5, windowMs: 15 * 60_000 };
const ofAddress: AttemptLimit = { failures: 20, windowMs: 60_000 };
const sweepMs = 10 * 60_000;

/** A try that is counted as failed until it is known to be none. */
export interface Attempt {
  readonly key: string;
  readonly limit: AttemptLimit;
  readonly at: number;
}

/**
 * How often somebody may try to sign in: counted in the database, so that three nodes allow no more tries than one,
 * and a restart forgets none. What was typed as a name is stored as a hash: it may have been a password.
 */
@Injectable()
export class SignInLimits implements OnModuleInit, OnModuleDestroy {
  readonly #database: Database;
  readonly #clock: Clock;
  #timer: NodeJS.Timeout | undefined;

  constructor(@Inject(Database) database: Database, @Inject(Clock) clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  onModuleInit(): void {
    this.#timer = setInterval(() => void this.sweep(), sweepMs).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  byAddress(remoteAddress: string): Promise<Attempt> {
    return this.#count(hashSecret(`address ${addressKey(remoteAddress)}`), ofAddress);
  }

  byName(name: string): Promise<Attempt> {
    return this.#count(hashSecret(`name ${name}`), ofName);
  }

  /** It was no failure: this try no longer counts. */
  takeBack({ key, limit, at }: Attempt): Promise<void> {
    return this.#database.write(async (tx) => {
      const times = await locked(tx, key);
      const index = times.indexOf(at);
      await keep(tx, key, limit, index < 0 ? times : times.toSpliced(index, 1));
    });
  }

  /** It succeeded: nothing that was tried before counts. */
  async forget({ key }: Attempt): Promise<void> {
    await this.#database.write((tx) => tx.delete(SignInFailuresEntity, { key }));
  }

  /** Deletes what no longer counts; by itself every ten minutes. */
  async sweep(): Promise<void> {
    await this.#database
      .write((tx) => tx.delete(SignInFailuresEntity, { until: LessThan(this.#clock.now()) }))
      .catch(() => undefined); // none of it counts anyway; the next sweep takes it
  }

  /** Rejects with `too_many_requests`. Who is over the limit already is told so without a write. */
  async #count(key: string, limit: AttemptLimit): Promise<Attempt> {
    const at = this.#clock.now();
    const known = await this.#database.read.findOneBy(SignInFailuresEntity, { key });
    if (known) oneMore(known.times, limit, at);
    await this.#database.write(async (tx) => keep(tx, key, limit, oneMore(await locked(tx, key), limit, at)));
    return { key, limit, at };
  }
}

/** The failures of a key, whose row nobody else changes until the commit. */
async function locked(tx: EntityManager, key: string): Promise<number[]> {
  // Writing what is there already takes the row's lock on PostgreSQL, or makes the row.
  const statement =
    "INSERT INTO sign_in_failures (key, times, until) VALUES (?, '[]', 0) ON CONFLICT (key) DO UPDATE SET key = excluded.key";
  await tx.query(placed(tx, statement), [key]);
  return (await tx.findOneByOrFail(SignInFailuresEntity, { key })).times;
}

async function keep(
  tx: EntityManager,
  key: string,
  limit: AttemptLimit,
  times: readonly number[],
): Promise<void> {
  const counted = recent(times, limit, Math.max(0, ...times));
  const until = Math.max(0, ...counted) + limit.windowMs;
  await tx.update(SignInFailuresEntity, { key }, { times: counted, until });
}
