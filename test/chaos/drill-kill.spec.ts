import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { contracts, type DrillDetail } from '@sluice/protocol';
import { type Postgres, startPostgres } from '../support/databases.ts';
import { type Design, designOf } from '../support/drill-desk.ts';
import { GuardedFleet } from '../support/guarded-fleet.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';

const place = { env: 'prod', app: 'shop' };
/** Every fault is gone so long after the server that wanted it died. */
const promiseMs = 5000;

const failing: Design['faults'] = {
  failing: {
    resource: { match: 'exact', value: 'pay' },
    share: 1,
    fault: 'error',
    message: 'the bank does not answer',
  },
};
const design = (more: Partial<Design> = {}): Design =>
  designOf({ faults: failing, guards: [], deadlineMs: 120_000, recoverWithinMs: 3000, ...more });

interface Scene {
  server(settings?: Readonly<Record<string, string>>): Promise<ServerProcess>;
  fleet(server: ServerProcess, token: string, ids: readonly string[]): Promise<GuardedFleet>;
  end(): Promise<void>;
}

/**
 * The control plane is killed with -9 while a drill breaks every call of real processes. Nobody tells them to stop:
 * they stop by themselves, and say so when somebody listens again.
 */
describe('a drill whose server is killed', () => {
  const scenes: Scene[] = [];
  let postgres: Postgres | undefined;
  afterAll(async () => {
    for (const scene of scenes) await scene.end();
    await postgres?.stop();
  });

  /** Servers and processes of one test: the long ones play at the same time, for most of it is waiting. */
  const begin = (): Scene => {
    const cacheDir = mkdtempSync(join(tmpdir(), 'sluice-drill-'));
    const [servers, fleets]: [ServerProcess[], GuardedFleet[]] = [[], []];
    const scene: Scene = {
      async server(settings) {
        const server = await ServerProcess.start(settings);
        servers.push(server);
        return server;
      },
      async fleet(server, token, ids) {
        const fleet = await GuardedFleet.start({
          server: server.url,
          token,
          cacheDir,
          ids,
          resources: { pay: 40 },
        });
        fleets.push(fleet);
        return fleet;
      },
      async end() {
        for (const fleet of fleets.splice(0)) await fleet.kill();
        for (const server of servers.splice(0)) await server.remove();
        rmSync(cacheDir, { recursive: true, force: true });
      },
    };
    scenes.push(scene);
    return scene;
  };
  const started = async (server: ServerProcess, definition: Design): Promise<DrillDetail> => {
    const params = place;
    const body = { definition };
    await until('payments are known', async () => {
      const plan = await server.admin.call(contracts.planDrill, { params, body });
      return plan.ready && plan.targets.length === 4;
    });
    const { drillId } = await server.admin.call(contracts.createDrill, { params, body });
    return server.admin.call(contracts.startDrill, { params: { ...place, drill: drillId } });
  };
  const get = (server: ServerProcess, drill: string): Promise<DrillDetail> =>
    server.admin.call(contracts.getDrill, { params: { ...place, drill } });
  /** Until so many calls in a row of a process went well; answers when the last failed. */
  const lastFailure = async (fleet: GuardedFleet): Promise<number> => {
    let failedAt = Date.now();
    await until('calls go well again', async () => {
      await fleet.forget('pay');
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { failed, ok } = await fleet.report('pay');
      if (failed > 0) failedAt = Date.now();
      return failed === 0 && ok > 0;
    });
    return failedAt;
  };

  it.concurrent('breaks nothing 5 s later, by the callers and by the instances’ own records', async () => {
    const scene = begin();
    const server = await scene.server();
    await server.setUp();
    const fleet = await scene.fleet(server, await server.clientToken('shop'), ['a', 'b', 'c', 'd']);
    const { drillId } = await started(server, design());
    await until('all are broken', async () => (await get(server, drillId)).active === 4);
    await server.down('SIGKILL');
    const killedAt = Date.now();
    const failedAt = await lastFailure(fleet);
    expect(failedAt - killedAt).toBeLessThan(promiseMs);
    await server.up();
    const over = await until(
      'somebody looked after it',
      async () => {
        const detail = await get(server, drillId);
        // Who comes back later than it is waited for is heard all the same.
        const isTold = detail.instances.every(({ cleanBy }) => cleanBy === 'told');
        return detail.finishedAt !== undefined && isTold && detail;
      },
      90_000,
    );
    expect(over).toMatchObject({ state: 'interrupted', clean: 4, active: 0 });
    expect(over.because!.en).toContain('died');
    for (const one of over.instances) {
      expect(one).toMatchObject({ cleanBy: 'told', endedBecause: 'silence' });
      expect(Date.parse(one.cleanAt!) - killedAt).toBeLessThan(promiseMs);
    }
    process.stderr.write(
      `killed: last failure ${failedAt - killedAt} ms later; by their records clean after ${over.instances
        .map(({ cleanAt }) => Date.parse(cleanAt!) - killedAt)
        .join(', ')} ms\n`,
    );
    // It was one drill and one report: what they counted while nobody listened is in it.
    const report = await server.admin.call(contracts.getDrillReport, {
      params: { ...place, drill: drillId },
    });
    expect(report.faults[0]!.injected).toBe(report.faults[0]!.eligible);
    expect(report.faults[0]!.injected).toBeGreaterThan(50);
    await scene.end();
  }, 120_000);

  it.concurrent('is stopped on any server within 2 s, and when its own dies another one takes it over', async () => {
    const scene = begin();
    postgres = await startPostgres();
    const settings = {
      SLUICE_DATABASE_URL: await postgres.createDatabase(),
      SLUICE_SECRET_KEY: 'Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHNlY3JldCBrZXk',
    };
    const driver = await scene.server(settings);
    await driver.setUp();
    const other = await scene.server(settings);
    driver.shareTokenWith(other);
    const token = await driver.clientToken('shop');
    const [here, there] = [
      await scene.fleet(driver, token, ['a', 'b']),
      await scene.fleet(other, token, ['c', 'd']),
    ];
    const stopped = await started(driver, design());
    await until(
      'all are broken, on both servers',
      async () => (await get(driver, stopped.drillId)).active === 4,
    );
    const params = { ...place, drill: stopped.drillId };
    await other.admin.call(contracts.abortDrill, { params, body: { reason: 'enough' } });
    await Promise.all([here, there].map(lastFailure));
    const clean = await until('it is over', async () => {
      const detail = await get(other, stopped.drillId);
      return detail.finishedAt !== undefined && detail;
    });
    expect(clean).toMatchObject({ state: 'aborted', clean: 4 });
    for (const one of clean.instances) {
      expect(one).toMatchObject({ cleanBy: 'told', endedBecause: 'ended' });
      expect(one.cleanAfterMs).toBeLessThan(2000);
    }
    process.stderr.write(
      `stopped: clean after ${clean.instances.map((one) => one.cleanAfterMs).join(', ')} ms\n`,
    );

    const { drillId } = await started(driver, design());
    await until('all are broken, on both servers', async () => (await get(driver, drillId)).active === 4);
    await here.kill();
    await driver.down('SIGKILL');
    const killedAt = Date.now();
    const failedAt = await lastFailure(there);
    expect(failedAt - killedAt).toBeLessThan(promiseMs);
    const over = await until(
      'the other server looked after it',
      async () => {
        const detail = await get(other, drillId);
        return detail.finishedAt !== undefined && detail;
      },
      60_000,
    );
    expect(over).toMatchObject({ state: 'interrupted', clean: 4 });
    expect(over.instances.map(({ instanceId, cleanBy }) => `${instanceId} ${cleanBy}`)).toEqual([
      'a silence',
      'b silence',
      'c told',
      'd told',
    ]);
    process.stderr.write(`two servers: last failure ${failedAt - killedAt} ms later\n`);
    await scene.end();
  }, 120_000);

  it('ends by its deadline, also where nobody is left to end it', async () => {
    const scene = begin();
    const server = await scene.server();
    await server.setUp();
    const fleet = await scene.fleet(server, await server.clientToken('shop'), ['a', 'b', 'c', 'd']);
    const { drillId } = await started(server, design({ deadlineMs: 2000 }));
    const startedAt = Date.now();
    await until('all are broken', async () => (await get(server, drillId)).active === 4);
    await server.down('SIGKILL');
    const failedAt = await lastFailure(fleet);
    // The deadline lies before the end of the lease that was renewed last.
    expect(failedAt - startedAt).toBeLessThan(2000 + 1500);
  }, 120_000);
});
