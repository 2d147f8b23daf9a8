import { readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { contracts } from '@sluice/protocol';
import type { createApp } from '@sluice/server';
import { PasswordHasher } from '../../apps/server/src/access/password-hasher.ts';
import { Clock } from '../../apps/server/src/env/clock.ts';
import { type Env, readEnv } from '../../apps/server/src/env/env.ts';
import { makeDataFolder } from './data-folder.ts';
import { holderOf } from './holder-of.ts';
import { HttpCaller } from './http-caller.ts';

export const adminName = 'admin';
export const adminPassword = 'correct horse battery';

/** What a password costs is held by tests of its own: here it would be half of every start. */
const quickly = { memoryCost: 64, timeCost: 1, parallelism: 1 };

type App = Awaited<ReturnType<typeof createApp>>;

export interface BootOptions {
  /** `postgres://…`; SQLite in a temporary folder when absent. */
  readonly databaseUrl?: string;
  /** More settings (`SLUICE_…`). */
  readonly settings?: Readonly<Record<string, string>>;
  /** A data folder to use (and leave); a temporary one, deleted by `close`, when absent. */
  readonly dataDir?: string;
  /** Environments that the setup makes. */
  readonly environments?: string[];
  /** Leaves the server as it is on its first start, without an administrator. */
  readonly setup?: false;
  /** Another way to build the app, for tests of a few rooms only. */
  readonly create?: (env: Env) => Promise<App>;
}

/** A whole server in this process, listening on a port of its own. */
export interface BootedApp {
  readonly app: App;
  readonly url: string;
  readonly dataDir: string;
  /** The signed-in first administrator; nobody when `setup` is false. */
  readonly admin: HttpCaller;
  readonly anonymous: HttpCaller;
  /** Somebody with an API token or a client token. */
  bearer(token: string): HttpCaller;
  signIn(userName: string, password: string): Promise<HttpCaller>;
  /** Moves the server's wall clock and its steady clock. */
  advance(ms: number): void;
  /** Sets the server's wall clock forward, or back; its steady clock goes on. */
  setWall(byMs: number): void;
  close(): Promise<void>;
}

export async function bootApp(options: BootOptions = {}): Promise<BootedApp> {
  const dataDir = options.dataDir ?? makeDataFolder('sluice-app-');
  const env = readEnv({
    SLUICE_PORT: '0',
    SLUICE_DATA_DIR: dataDir,
    SLUICE_LOG_LEVEL: 'silent',
    ...(options.databaseUrl && {
      SLUICE_DATABASE_URL: options.databaseUrl,
      SLUICE_SECRET_KEY: 'Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHNlY3JldCBrZXk',
    }),
    ...options.settings,
  });
  const app = await (options.create ?? (await import('@sluice/server')).createApp)(env);
  const { advance, setWall } = movable(app.get(Clock, { strict: false }));
  app.get(PasswordHasher, { strict: false }).cost = quickly;
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const anonymous = new HttpCaller(url, { origin: url });
  const signIn = async (userName: string, password: string): Promise<HttpCaller> =>
    holderOf(url, await anonymous.attempt(contracts.signIn, { body: { userName, password } }));
  const admin =
    options.setup === false || env.insecureDev
      ? anonymous
      : await firstAdmin(anonymous, dataDir, options.environments ?? ['prod'], signIn);
  return {
    app,
    url,
    dataDir,
    admin,
    anonymous,
    bearer: (token) => new HttpCaller(url, { authorization: `Bearer ${token}` }),
    signIn,
    advance,
    setWall,
    async close() {
      await app.close();
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Sets up a fresh server; signs in to one that was set up before (the same data folder or database). */
async function firstAdmin(
  anonymous: HttpCaller,
  dataDir: string,
  environments: string[],
  signIn: BootedApp['signIn'],
): Promise<HttpCaller> {
  const { needed } = await anonymous.call(contracts.setupState);
  if (!needed) return signIn(adminName, adminPassword);
  const setupToken = readFileSync(join(dataDir, 'setup-token'), 'utf8');
  const body = { setupToken, userName: adminName, password: adminPassword, environments };
  return holderOf(anonymous.url, await anonymous.attempt(contracts.setup, { body }));
}

function movable(clock: Clock): Pick<BootedApp, 'advance' | 'setWall'> {
  let [ahead, wallAhead] = [0, 0];
  clock.now = () => Date.now() + ahead + wallAhead;
  clock.monotonic = () => performance.now() + ahead;
  return {
    advance(ms) {
      ahead += ms;
    },
    setWall(byMs) {
      wallAhead += byMs;
    },
  };
}
