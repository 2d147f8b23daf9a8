import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { allContracts, type Contract, contracts } from '@sluice/protocol';
import pg from 'pg';
import { type BootedApp, bootApp } from '../support/boot-app.ts';
import { ConfigDesk, map } from '../support/config-desk.ts';
import { type Postgres, startPostgres } from '../support/databases.ts';
import type { Answer, HttpCaller } from '../support/http-caller.ts';
import { LeanClient } from '../support/lean-client.ts';
import { lockSqlite } from '../support/sqlite-lock.ts';
import { until } from '../support/until.ts';
import { World } from './bad-input/world.ts';

const place = { env: 'prod', app: 'orders' };
/** Promised are about 2 s; the machine of a test may have other things to do. */
const promptMs = 4000;

const timed = async <T>(work: () => Promise<T>): Promise<{ result: T; ms: number }> => {
  const begun = performance.now();
  return { result: await work(), ms: performance.now() - begun };
};

/** What each operation is answered that is asked for as it should be, and whether it took too long. */
async function askAll(
  world: World,
  which: readonly Contract[],
  mostMs = promptMs,
): Promise<Record<string, string>> {
  const answers = await Promise.all(
    which.map(async (contract) => {
      const { result, ms } = await timed(() => world.raw.send(world.sound(contract)));
      const unsaid = result.status === 503 && result.headers['retry-after'] === undefined;
      const late = ms > mostMs ? ` after ${ms.toFixed(0)} ms` : '';
      return [contract.id, `${result.status}${unsaid ? ' without Retry-After' : ''}${late}`] as const;
    }),
  );
  return Object.fromEntries(answers);
}

const writes = allContracts.filter((c) => c.method !== 'GET');
const reads = allContracts.filter((c) => c.method === 'GET');
const all = (which: readonly Contract[], answer: string): Record<string, string> =>
  Object.fromEntries(which.map((c) => [c.id, answer]));

describe('a PostgreSQL that is killed', () => {
  let postgres: Postgres;
  let databaseUrl: string;
  let world: World;
  let other: BootedApp;
  const clients: LeanClient[] = [];
  const instance = async (server: BootedApp, id: string): Promise<LeanClient> => {
    const client = new LeanClient(server.url, world.clientToken, id);
    await client.connect();
    clients.push(client);
    return client;
  };
  const wellAgain = (caller: HttpCaller): Promise<Answer> =>
    until('the server can write', async () => {
      const answer = await caller.attempt(contracts.readiness);
      return answer.status === 200 && answer;
    });

  beforeAll(async () => {
    postgres = await startPostgres();
    databaseUrl = await postgres.createDatabase();
    world = await World.begin(databaseUrl);
    other = await bootApp({ databaseUrl });
    await instance(world.server, 'orders-2');
    await instance(other, 'orders-3');
    await world.raw.send(world.sound(contracts.getSnapshot as never));
    await world.raw.send(world.sound(contracts.listApps as never));
    await postgres.kill();
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await other?.close();
    await world?.end();
    await postgres?.stop();
  });

  it('leaves the process alive and says that it cannot write', async () => {
    expect((await world.server.anonymous.attempt(contracts.health)).status).toBe(200);
    const { result, ms } = await timed(() => world.server.anonymous.attempt(contracts.readiness));
    expect(result).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(result.headers.get('retry-after')).toBe('2');
    expect(ms).toBeLessThan(promptMs);
  });

  it('lets what instances must hold be read on, also by one that comes back', async () => {
    expect(await askAll(world, [contracts.getSnapshot, contracts.getBody] as never)).toEqual({
      getSnapshot: '200',
      getBody: '200',
    });
    const back = await instance(world.server, 'orders-2');
    expect([...back.holds.keys()]).toEqual(['limits']);
    expect([...(await instance(world.server, 'orders-4')).holds.keys()]).toEqual(['limits']);
  });

  it('lets a token wait that nobody has seen yet, instead of calling it wrong', async () => {
    const unknown = new LeanClient(world.server.url, `slc_${'0'.repeat(16)}_${'A'.repeat(43)}`, 'x');
    await expect(unknown.connect()).rejects.toThrow(/"code":"unavailable".*"retry":true/);
    unknown.close();
  });

  it('makes no operation fail in any other way than 503', async () => {
    // These need no database: what is in memory, what is in code, and what has its answer before it asks.
    const fromMemory = {
      ...all([contracts.getSnapshot, contracts.getBody, contracts.health, contracts.metrics] as never, '200'),
      ...all([contracts.whoAmI, contracts.listRoles, contracts.setupState] as never, '200'),
      // A token has no sessions of its own.
      ...all([contracts.listOwnSessions], '200'),
      // The instance itself is asked.
      ...all([contracts.getDecision], '200'),
      // Only the server of the demo has one.
      ...all([contracts.getStory], '404'),
    };
    expect(await askAll(world, reads)).toEqual({ ...all(reads, '503'), ...fromMemory });
    expect(await askAll(world, writes)).toEqual({
      ...all(writes, '503'),
      ...all([contracts.probeInstance, contracts.endOtherSessions], '200'),
      endOwnSession: '404',
      playStory: '404',
      stopStory: '404',
      setup: '409',
      signOut: '204',
      changeOwnPassword: '409',
    });
  });

  it('recovers everything by itself when it is back', async () => {
    await postgres.start();
    const back = await timed(() => wellAgain(world.server.anonymous));
    await wellAgain(other.anonymous);
    const desk = new ConfigDesk(world.server.bearer(world.adminToken), 'prod', 'orders');
    const { release } = await desk.release('limits', map({ timeout: 7 }));
    expect(release.revision).toBe(2);
    await until('everybody on both nodes holds it', async () =>
      clients.slice(1).every((client) => client.holds.get('limits') === release.digest),
    );
    const push = await until('the verdict over both nodes', async () => {
      const { items } = await desk.caller.call(contracts.listPushes, { params: place });
      return items[0]!.state === 'converged' && items[0];
    });
    expect(push.verdict.counts).toMatchObject({ pending: 0, timeout: 0, rejected: 0, failed: 0 });
    const { nodes } = await desk.caller.call(contracts.overview, { params: { env: 'prod' } });
    expect(nodes).toHaveLength(2);
    await until('both doorbells are hung again', async () => {
      const client = new pg.Client({ connectionString: databaseUrl });
      await client.connect();
      const bells = await client.query(
        "SELECT pid FROM pg_stat_activity WHERE application_name = 'sluice-doorbell'",
      );
      await client.end();
      return bells.rowCount === 2;
    });
    console.info(`could write ${back.ms.toFixed(0)} ms after PostgreSQL took connections again`);
  });
});

describe('a SQLite file that another process has locked', () => {
  let world: World;
  /** On a machine that is slow without a lock, it may be so with one. */
  let mostMs = promptMs;
  beforeAll(async () => {
    world = await World.begin();
    mostMs += 2 * (await timed(() => askAll(world, reads))).ms;
  });
  let free: (() => Promise<void>) | undefined;
  beforeEach(async () => {
    free = await lockSqlite(join(world.server.dataDir, 'sluice.db'));
  });
  const unlock = async (): Promise<void> => {
    await free?.();
    free = undefined;
  };
  afterEach(unlock);
  afterAll(() => world?.end());

  it('lets everybody read and nobody write, until it is free again', async () => {
    const before = await world.everything();
    const refusals = askAll(world, writes, mostMs);
    // While all of them wait for the lock, the server goes on with everything else.
    const { result, ms } = await timed(() => askAll(world, reads, mostMs));
    expect(result).toEqual({ ...all(reads, '200'), readiness: '503', getStory: '404' });
    expect(ms).toBeLessThan(mostMs);
    // These have their answer from what is read, before anything would be written.
    const { checkScript, tryScript, lintRules, predictRule, replayRules, probeInstance } = contracts;
    const { advancePush, approvePush, changeProposal, startProposedPush, previewPushAct } = contracts;
    const { previewRollback, rollback, changeDrill, checkDrill, deleteDrill, startDrill } = contracts;
    const { endOwnSession, endOtherSessions, endUserSessions, planDrill } = contracts;
    const withoutWriting = {
      ...all([checkScript, tryScript, lintRules, predictRule, replayRules, probeInstance], '200'),
      ...all([endOtherSessions, endUserSessions, planDrill], '200'),
      ...all([advancePush, approvePush, changeProposal, startProposedPush, previewPushAct], '409'),
      ...all([previewRollback, rollback, changeDrill, checkDrill, deleteDrill, startDrill], '409'),
      ...all([contracts.setup, contracts.changeOwnPassword], '409'),
      ...all([contracts.previewPush, contracts.proposePush, contracts.startPush], '422'),
      ...all([contracts.revealItem, endOwnSession, contracts.playStory, contracts.stopStory], '404'),
      ...all([contracts.signOut], '204'),
    };
    expect(await refusals).toEqual({ ...all(writes, '503'), ...withoutWriting });
    expect(await world.everything()).toBe(before);
    await unlock();
    expect((await world.server.anonymous.attempt(contracts.readiness)).status).toBe(200);
    const made = await world.server.admin.attempt(contracts.createApp, { body: { name: 'later' } });
    expect(made.status).toBe(201);
  });

  it('does not hold up the event loop while a write waits', async () => {
    const write = world.server.admin.attempt(contracts.createApp, { body: { name: 'patient' } });
    let slowest = 0;
    for (let n = 0; n < 20; n++) {
      const { ms } = await timed(() => world.server.anonymous.attempt(contracts.health));
      slowest = Math.max(slowest, ms);
    }
    expect(slowest).toBeLessThan(1000);
    await unlock();
    expect((await write).status).toBe(201);
  });
});
