import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { Refusal } from '../support/http-caller.ts';
import { ServerProcess } from '../support/server-process.ts';

const params = { env: 'prod', app: 'shop', ns: 'order' };
/** 50 as promised with `SLUICE_CHAOS_KILLS=50`; the suite runs a short form. */
const kills = Number(process.env.SLUICE_CHAOS_KILLS ?? 8);

/** What one publish came to, as its caller knows it. */
type Attempt = { readonly value: number } & (
  | { readonly known: 'acknowledged'; readonly revision: number }
  | { readonly known: 'unknown' }
);

/**
 * The server is killed with -9 in the middle of publishing, again and again. Whatever was acknowledged is there
 * afterwards; whatever was not is there whole or not at all; revisions have no gap and no double.
 */
describe.each(['sqlite', 'postgres'] as const)(
  'a server on %s that is killed while publishing',
  (dialect) => {
    let postgres: Postgres | undefined;
    let server: ServerProcess | undefined;
    afterAll(async () => {
      await server?.remove();
      await postgres?.stop();
    });

    it(`loses nothing that it acknowledged, ${kills} times`, async () => {
      const settings: Record<string, string> = {};
      if (dialect === 'postgres') {
        postgres = await startPostgres();
        settings.SLUICE_DATABASE_URL = await postgres.createDatabase();
        settings.SLUICE_SECRET_KEY = randomBytes(32).toString('hex');
      }
      server = await ServerProcess.start(settings);
      await server.setUp();
      await server.admin.call(contracts.createApp, { body: { name: 'shop' } });
      await server.admin.call(contracts.createNamespace, {
        params: { env: 'prod', app: 'shop' },
        body: { name: 'order', kind: 'map' },
      });

      const attempts: Attempt[] = [];
      let value = 0;
      for (let kill = 0; kill < kills; kill++) {
        const begunMs = performance.now();
        // Each fourth dies in its first publish; the others in a later one, of which it is known how long one takes.
        let killed = kill % 4 === 0 ? killAfter(server, Math.random() * 120) : undefined;
        for (let known = 'none'; killed === undefined || known !== 'unknown'; ) {
          const last = await attempt(server, ++value);
          attempts.push(last);
          known = last.known;
          if (known === 'acknowledged')
            killed ??= killAfter(server, Math.random() * 2 * (performance.now() - begunMs));
        }
        await killed;
        await server.up();
      }

      const releases = await allReleases(server);
      const revisionOf = new Map(releases.map((r) => [r.value, r.revision]));
      const acknowledged = attempts.filter((a) => a.known === 'acknowledged');
      for (const a of acknowledged) expect([a.value, revisionOf.get(a.value)]).toEqual([a.value, a.revision]);
      // Each release is whole: one value, one revision, its push, its audit row; and nobody's work appears twice.
      expect(new Set(releases.map((r) => r.value)).size).toBe(releases.length);
      expect(releases.map((r) => r.revision)).toEqual(releases.map((_, n) => n + 1));
      const changes = await server.admin.call(contracts.listChanges, {
        params: { env: 'prod' },
        query: { limit: '200' },
      });
      const newest = releases.slice(-changes.items.length);
      expect(changes.items.map((c) => c.revision).reverse()).toEqual(newest.map((r) => r.revision));
      console.info(
        `${dialect}: ${kills} kills, ${acknowledged.length} acknowledged of ${attempts.length} attempts, ${releases.length} releases`,
      );
      expect(acknowledged.length).toBeGreaterThanOrEqual(kills - Math.ceil(kills / 4));
    }, 600_000);
  },
);

async function killAfter(server: ServerProcess, ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  await server.down('SIGKILL');
}

async function attempt(server: ServerProcess, value: number): Promise<Attempt> {
  try {
    const { etag } = await server.admin.call(contracts.getNamespace, { params });
    const changes = { set: { value: { type: 'number' as const, value } }, remove: [] };
    const answer = await server.admin.call(contracts.publish, {
      params,
      ifMatch: etag,
      body: { changes, message: '' },
    });
    return { value, known: 'acknowledged', revision: answer.release.revision };
  } catch (error) {
    // Only a connection that broke leaves it open; any answer of the server other than success fails the test.
    if (!(error instanceof Refusal)) return { value, known: 'unknown' };
    throw error;
  }
}

async function allReleases(server: ServerProcess): Promise<{ value: number; revision: number }[]> {
  const { live } = await server.admin.call(contracts.getNamespace, { params });
  const all: { value: number; revision: number }[] = [];
  for (let number = 1; number <= (live?.number ?? 0); number++) {
    const release = await server.admin.call(contracts.getRelease, {
      params: { ...params, number: String(number) },
    });
    if (release.content.kind !== 'map') throw new Error('not a map');
    all.push({ value: release.content.items.value!.value as number, revision: release.revision });
    expect(release.pushId).toBeDefined();
  }
  return all;
}
