import pg from 'pg';
import { cut, endConnection } from './end-connection.ts';

/** So often it is looked whether PostgreSQL answers, and for so long an answer is waited for. */
const everyMs = 300;
const withinMs = 1500;
/** A timer that fires so much too late says that this process was busy, not that PostgreSQL is silent. */
const tooLateMs = 300;

type Connect = (callback: (error?: Error) => void) => void;

/**
 * Whether PostgreSQL answers. A database that is frozen, or behind a network that drops everything, neither answers
 * nor refuses, and each statement would wait for its own long deadline. Once it is silent, all connections are cut, so
 * that whoever waits is told within two seconds; nobody else has to wait until it answers again.
 */
export class Pulse {
  readonly #url: string;
  readonly #clients = new Set<pg.Client>();
  #own: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isSilent = false;
  #closed = false;

  constructor(url: string) {
    this.#url = url;
  }

  start(): void {
    this.#timer = setTimeout(() => void this.#look(), everyMs);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#own) await endConnection(this.#own);
  }

  /** The kind of client that a pool makes its connections of. */
  clientClass(): typeof pg.Client {
    const watch = (client: pg.Client): void => this.#watch(client);
    return class extends pg.Client {
      constructor(config?: string | pg.ClientConfig) {
        super(config);
        watch(this);
      }
    };
  }

  #watch(client: pg.Client): void {
    this.#clients.add(client);
    client.once('end', () => this.#clients.delete(client));
    const connect = client.connect.bind(client) as Connect;
    const orNot: Connect = (callback) => {
      if (!this.#isSilent) return connect(callback);
      this.#clients.delete(client);
      process.nextTick(callback, new Error('Connection terminated: the database does not answer'));
    };
    client.connect = orNot as typeof client.connect;
  }

  async #look(): Promise<void> {
    const answered = await this.#ask();
    if (this.#closed) return;
    this.#isSilent = !answered;
    if (!answered) for (const client of [...this.#clients]) cut(client);
    this.start();
  }

  /** Refused is answered: whoever connects is told so at once. */
  async #ask(): Promise<boolean> {
    this.#own ??= this.#connection();
    const client = this.#own;
    const question = client.query('SELECT 1').then(
      () => true,
      () => {
        if (this.#own === client) this.#own = undefined;
        return true;
      },
    );
    for (;;) {
      const due = performance.now() + withinMs;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<false>((resolve) => {
        timer = setTimeout(() => resolve(false), withinMs);
      });
      const answered = await Promise.race([question, late]);
      clearTimeout(timer);
      if (answered) return true;
      if (performance.now() - due > tooLateMs) continue;
      this.#own = undefined;
      cut(client);
      return false;
    }
  }

  #connection(): pg.Client {
    const client = new pg.Client({ connectionString: this.#url, application_name: 'sluice-pulse' });
    client.on('error', () => undefined);
    client.connect().catch(() => undefined);
    return client;
  }
}
