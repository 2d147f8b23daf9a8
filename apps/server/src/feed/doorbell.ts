import { Inject, Injectable } from '@nestjs/common';
import pg from 'pg';
import type { Logger } from 'pino';
import { endConnection } from '../database/end-connection.ts';
import type { Env } from '../env/env.ts';
import { ENV, LOGGER } from '../env/tokens.ts';

/** What it may ring about: changes of an environment; questions to a node, and answers to one; a drill that was started or ended. */
export type Ring = 'changes' | 'questions' | 'answers' | 'drills';

const channel = 'sluice_feed';
const retryMs = 2000;

/**
 * PostgreSQL's NOTIFY as a doorbell between nodes: it says "look now" and nothing else, after the commit, so that it
 * never holds the global lock of a publishing transaction. It may ring in vain or not at all. SQLite has one node.
 */
@Injectable()
export class Doorbell {
  readonly #location: Env['database'];
  readonly #logger: Logger;
  readonly #heard = new Map<string, (name: string) => void>();
  #client: pg.Client | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(@Inject(ENV) env: Env, @Inject(LOGGER) logger: Logger) {
    this.#location = env.database;
    this.#logger = logger;
  }

  /** Calls back when another node, or this one, has rung about this. */
  on(about: Ring, listener: (name: string) => void): void {
    this.#heard.set(about, listener);
  }

  async listen(): Promise<void> {
    if (this.#location.dialect !== 'postgres' || this.#closed) return;
    const client = new pg.Client({
      connectionString: this.#location.url,
      connectionTimeoutMillis: 1500,
      keepAlive: true,
      application_name: 'sluice-doorbell',
    });
    let lost = false;
    const again = (error?: unknown): void => {
      if (lost || this.#closed) return;
      lost = true;
      this.#client = undefined;
      this.#logger.warn(
        { err: error },
        'the doorbell is cut; changes of other nodes are noticed by the poll each second',
      );
      client.end().catch(() => undefined);
      this.#retry = setTimeout(() => void this.listen(), retryMs);
    };
    client.on('error', again);
    client.on('end', () => again());
    client.on('notification', ({ payload = '' }) => {
      const [about = '', name = ''] = payload.split(' ');
      this.#heard.get(about)?.(name);
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
      this.#client = client;
    } catch (error) {
      again(error);
    }
  }

  /** `name` has no space: an environment, or the id of a node. */
  ring(about: Ring, name: string): void {
    this.#client?.query('SELECT pg_notify($1, $2)', [channel, `${about} ${name}`]).catch((error: unknown) => {
      this.#logger.debug({ err: error }, 'could not ring the doorbell');
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    if (this.#client) await endConnection(this.#client);
  }
}
