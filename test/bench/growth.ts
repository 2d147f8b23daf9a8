import { randomBytes } from 'node:crypto';
import type { Content } from '@sluice/core';
import { contracts } from '@sluice/protocol';
import { map } from '../support/config-desk.ts';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { addHistory } from './long-history.ts';
import type { BenchOptions } from './options.ts';
import { against, type BenchLine, median } from './report.ts';

const app = { env: 'prod', app: 'shop' };
const itemsOfOne = 10_000;
const namespaces = 10;
const releases = 100_000;
const few = 100;
const publishesPerRound = 40;

/** One server that is published to, and what it holds besides. */
interface Desk {
  readonly server: ServerProcess;
  publish(): Promise<void>;
}

/**
 * What a publish takes with 100,000 items beside it, and on top of 100,000 releases, against the same with 100; in
 * turns, on both databases.
 */
export async function growth({ rounds = 7 }: BenchOptions): Promise<BenchLine[]> {
  const lines: BenchLine[] = [];
  for (const dialect of ['sqlite', 'postgres'] as const) {
    const postgres = dialect === 'postgres' ? await startPostgres() : undefined;
    const desks: Desk[] = [];
    try {
      const small = await deskWith({ postgres, items: few, releases: few });
      desks.push(small);
      const items = await deskWith({ postgres, items: itemsOfOne * namespaces, releases: few });
      desks.push(items);
      const history = await deskWith({ postgres, items: few, releases });
      desks.push(history);
      const taken = new Map<Desk, number[]>(desks.map((desk) => [desk, []]));
      // One publish each in turns, so that whatever else the machine does falls on all of them alike.
      for (let n = -publishesPerRound; n < rounds * publishesPerRound; n++)
        for (const desk of desks) {
          const begun = performance.now();
          await desk.publish();
          if (n >= 0) taken.get(desk)!.push(performance.now() - begun);
        }
      const base = median(taken.get(small)!);
      const all = [small, items, history].map((desk) => median(taken.get(desk)!).toFixed(1));
      console.error(
        `${dialect}: ${all[0]} ms; beside many items ${all[1]} ms; after many releases ${all[2]} ms`,
      );
      const line = { unit: 'ms', peer: `with ${few}`, peerValue: base, goal: 1.2, better: 'lower' } as const;
      lines.push(
        against({
          ...line,
          name: `${dialect}: publish beside ${itemsOfOne * namespaces} items`,
          ours: median(taken.get(items)!),
        }),
        against({
          ...line,
          name: `${dialect}: publish after ${releases} releases`,
          ours: median(taken.get(history)!),
        }),
      );
    } finally {
      for (const { server } of desks) await server.remove();
      await postgres?.stop();
    }
  }
  return lines;
}

interface Size {
  readonly postgres: Postgres | undefined;
  readonly items: number;
  readonly releases: number;
}

async function deskWith(size: Size): Promise<Desk> {
  const databaseUrl = await size.postgres?.createDatabase();
  const server = await ServerProcess.start(
    databaseUrl === undefined
      ? {}
      : { SLUICE_DATABASE_URL: databaseUrl, SLUICE_SECRET_KEY: randomBytes(32).toString('base64url') },
  );
  await server.setUp();
  await server.clientToken(app.app);
  const ns = 'order';
  await release(server, ns, map({ timeoutMs: 0 }), '"0"');
  await until('it has its verdict', async () => {
    const { items } = await server.admin.call(contracts.listPushes, { params: app });
    return items[0]?.state === 'converged';
  });
  await server.down();
  await addHistory(server.dataDir, databaseUrl, size.releases);
  await server.up();
  for (let n = 0; n * itemsOfOne < size.items; n++) {
    const entries = Array.from({ length: Math.min(itemsOfOne, size.items) }, (_, i) => [`key-${i}`, i]);
    await release(server, `catalog-${n}`, map(Object.fromEntries(entries)), '"0"');
  }
  let { etag } = await server.admin.call(contracts.getNamespace, { params: { ...app, ns } });
  let value = 0;
  return {
    server,
    publish: async () => {
      const content = map({ timeoutMs: ++value });
      etag = await put(server, ns, content, etag);
    },
  };
}

async function release(server: ServerProcess, ns: string, content: Content, etag: string): Promise<void> {
  await server.admin.call(contracts.createNamespace, { params: app, body: { name: ns, kind: 'map' } });
  await put(server, ns, content, etag);
}

async function put(server: ServerProcess, ns: string, content: Content, ifMatch: string): Promise<string> {
  const body = { content, message: '' } as never;
  return (await server.admin.call(contracts.publish, { params: { ...app, ns }, ifMatch, body })).etag;
}
