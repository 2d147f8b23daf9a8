import pg from 'pg';
import type { Logger } from 'pino';
import type { DatabaseLocation } from '../env/env.ts';

const channel = 'sluice_feed';
const retryMs = 2000;

/**
 * PostgreSQL's NOTIFY as a doorbell between nodes: it says "look now" and nothing else, after the commit, so that it
 * never holds the global lock of a publishing transaction. It may ring in vain or not at all. SQLite has one node.
 */
export class Doorbell {
  readonly #location: DatabaseLocation;
  readonly #logger: Logger;
  readonly #onRing: (environment: string) => void;
  #client: pg.Client | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(location: DatabaseLocation, logger: Logger, onRing: (environment: string) => void) {
    this.#location = location;
    this.#logger = logger;
    this.#onRing = onRing;
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
    client.on('notification', (note) => note.payload && this.#onRing(note.payload));
    try {
      await client.connect();
      await client.query(`LISTEN ${channel}`);
      this.#client = client;
    } catch (error) {
      again(error);
    }
  }

  ring(environment: string): void {
    this.#client?.query('SELECT pg_notify($1, $2)', [channel, environment]).catch((error: unknown) => {
      this.#logger.debug({ err: error }, 'could not ring the doorbell');
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#client?.end().catch(() => undefined);
  }
}
