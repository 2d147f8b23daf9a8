import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import { createSluice, type Sluice, type SluiceOptions } from '@sluice/client';
import type { ManualClock } from '../../libs/client/src/testing/manual-clock.ts';
import { FakeServer } from './fake-server.ts';

/**
 * A fake server for each test of the file, and clients of it that are closed after it. `of` adds to the options of
 * each client, by how many there were before.
 */
export function useFakeServer(of: (clientsBefore: number) => SluiceOptions = () => ({})) {
  let server: FakeServer;
  let said: string[];
  let token: string;
  const clients: Sluice[] = [];

  beforeEach(async () => {
    server = new FakeServer();
    token = randomUUID();
    await server.start();
    said = [];
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await server.stop();
  });

  return {
    get server(): FakeServer {
      return server;
    },
    /** What the clients of this test have warned of. */
    get said(): readonly string[] {
      return said;
    },
    connect(more: SluiceOptions = {}): Sluice {
      const options = {
        server: server.url,
        token,
        environment: 'prod',
        app: 'order-api',
        instanceId: 'order-0',
        cacheDir: false as const,
        logger: { warn: (line: string) => void said.push(line) },
        ...of(clients.length),
        ...more,
      };
      server.tokens.add(options.token);
      const client = createSluice(options);
      clients.push(client);
      return client;
    },
  };
}

export const freshFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'sluice-client-'));

/** Lets the clock's time pass second by second, and what travels over real sockets arrive in between. */
export async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 1000) {
    await clock.advance(Math.min(1000, left));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Lets the clock's time pass until `promise` is settled. */
export async function passUntil<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  let isSettled = false;
  const settled = promise.finally(() => {
    isSettled = true;
  });
  while (!isSettled) await pass(clock, 1000);
  return settled;
}
