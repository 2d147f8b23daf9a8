import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Who holds the data folder: this process, or another demo that tells its address. */
export type Hold =
  | {
      readonly mine: true;
      /** The one before was killed, so what it started may still be about to end. */
      readonly tookOver: boolean;
      tell(url: string): void;
      release(): void;
    }
  | { readonly mine: false; readonly url: string };

/**
 * Makes sure that one demo uses a data folder: two servers on one SQLite file would each believe to be alone. Held
 * by a local socket, which the operating system takes back even after a kill -9.
 */
export async function holdDataDir(dataDir: string): Promise<Hold> {
  const address = socketOf(dataDir);
  for (let attempt = 0; ; attempt++) {
    let url = '';
    const server = createServer((asking) => asking.end(url));
    const taken = await listens(server, address);
    if (!taken)
      return {
        mine: true,
        tookOver: attempt > 0,
        tell: (mine) => {
          url = mine;
        },
        release: () => void server.close(),
      };
    const other = await ask(address);
    if (other !== undefined) return { mine: false, url: other };
    // Nobody answers: a killed demo left the socket's file behind.
    if (attempt > 0) throw taken;
    rmSync(address, { force: true });
  }
}

function socketOf(dataDir: string): string {
  const name = `sluice-demo-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

function listens(server: Server, address: string): Promise<Error | undefined> {
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen(address, () => {
      server.unref();
      resolve(undefined);
    });
  });
}

/** What the holder says, or undefined when there is none. */
function ask(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const asking = connect(address);
    let said = '';
    asking.setEncoding('utf8');
    asking.on('data', (part) => {
      said += part;
    });
    asking.on('error', () => resolve(undefined));
    asking.on('end', () => resolve(said));
  });
}
