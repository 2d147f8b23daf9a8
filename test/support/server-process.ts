import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { contracts } from '@sluice/protocol';
import { makeDataFolder } from './data-folder.ts';
import { HttpCaller } from './http-caller.ts';

const main = join(import.meta.dirname, '../../apps/server/dist/main.js');
const password = 'a long enough password';

/** A port that nobody listens on now. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

/**
 * A server as a process of its own, as it runs in production: it can be killed with -9 and started again on the
 * same data and port.
 */
export class ServerProcess {
  readonly dataDir: string;
  readonly port: number;
  readonly #settings: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #token = '';
  stderr = '';
  /** Gets what it says to who started it, but that it is ready. */
  onMessage: (message: unknown) => void = () => undefined;

  private constructor(port: number, dataDir: string, settings: Readonly<Record<string, string>>) {
    this.port = port;
    this.dataDir = dataDir;
    this.#settings = settings;
  }

  /** Starts one on data of its own; `settings` are environment variables. */
  static async start(settings: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const server = new ServerProcess(await freePort(), makeDataFolder('sluice-server-'), settings);
    await server.up();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child?.pid ?? -1;
  }

  /** Starts the process and waits until it listens. */
  async up(): Promise<void> {
    const child = spawn(process.execPath, [main], {
      env: {
        PATH: process.env.PATH,
        SLUICE_PORT: String(this.port),
        SLUICE_DATA_DIR: this.dataDir,
        SLUICE_LOG_LEVEL: 'warn',
        ...this.#settings,
      },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr = (this.stderr + chunk.toString()).slice(-20_000);
    });
    const gone = once(child, 'exit').then(([code]) => {
      throw new Error(`the server ended with ${code} before it was ready: ${this.stderr}`);
    });
    const ready = new Promise<void>((resolve) => {
      child.on('message', (message) =>
        (message as { ready?: true }).ready ? resolve() : this.onMessage(message),
      );
    });
    await Promise.race([ready, gone]);
    gone.catch(() => undefined);
  }

  /** Says something to it over the channel to who started it. */
  say(message: object): void {
    this.#child?.send(message);
  }

  /** Ends the process: at once with SIGKILL, in order with SIGTERM. */
  async down(signal: 'SIGKILL' | 'SIGTERM' = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  /** Ends the process and deletes its data. */
  async remove(): Promise<void> {
    await this.down('SIGKILL');
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Makes the first administrator and a token of his that `admin` uses. */
  async setUp(environments: string[] = ['prod']): Promise<void> {
    const setupToken = readFileSync(join(this.dataDir, 'setup-token'), 'utf8').trim();
    const own = { origin: this.url, 'sec-fetch-site': 'same-origin' };
    const body = { setupToken, userName: 'root', password, environments };
    const first = await new HttpCaller(this.url, own).attempt(contracts.setup, { body });
    if (first.status !== 201)
      throw new Error(`setup answered ${first.status}: ${JSON.stringify(first.body)}`);
    const cookie = (first.headers.get('set-cookie') ?? '').split(';')[0]!;
    const made = await new HttpCaller(this.url, { cookie, ...own }).call(contracts.createToken, {
      body: { kind: 'api', name: 'test', environment: '*', app: '*', role: 'admin' },
    });
    this.#token = made.secret;
  }

  /** Another node on the same database knows the same administrator. */
  shareTokenWith(other: ServerProcess): void {
    other.#token = this.#token;
  }

  get token(): string {
    return this.#token;
  }

  /** The administrator. */
  get admin(): HttpCaller {
    return new HttpCaller(this.url, { authorization: `Bearer ${this.#token}` });
  }

  /** A token for the processes of an app; makes the app when it isn't there. */
  async clientToken(app: string, environment = 'prod'): Promise<string> {
    const { items } = await this.admin.call(contracts.listApps);
    if (!items.some((known) => known.name === app))
      await this.admin.call(contracts.createApp, { body: { name: app } });
    const body = { kind: 'client', name: `${app} processes`, environment, app } as const;
    return (await this.admin.call(contracts.createToken, { body })).secret;
  }
}
