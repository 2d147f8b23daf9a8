import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, type KillSwitchState } from '@sluice/protocol';
import { ConfigDesk } from '../support/config-desk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { delaysOf, figures, GuardFleet, machineMs, namesOf } from './guard-fleet.ts';
import { isLong } from './long-tests.ts';
import { nobodyPays, publishRules } from './pay-rules.ts';

const [count, processes] = isLong ? [200, 10] : [40, 4];
const ids = namesOf(count, processes);
const stopped = ids.at(-1)!.length;
/** On a machine that does nothing else it is two seconds; the sample only has to show that nobody is left out. */
const withinMs = isLong ? 2000 : 10_000;
const timeoutMs = isLong ? 180_000 : 60_000;

describe(`the kill switch of ${count} instances`, () => {
  let server: ServerProcess;
  let token: string;
  let cacheDir: string;
  let fleet: GuardFleet | undefined;
  const more: GuardFleet[] = [];

  const params = { env: 'prod' };
  const turn = (monitorOnly: boolean): Promise<KillSwitchState> =>
    server.admin.call(contracts.setKill, { params, body: { app: 'shop', monitorOnly, reason: 'page 3' } });
  const ackedBy = (most: number): Promise<number> =>
    until(
      `${most} instances have acked`,
      async () => {
        const [state] = (await server.admin.call(contracts.getKill, { params })).items;
        return state?.acked === most && machineMs();
      },
      30_000,
    );

  beforeAll(async () => {
    cacheDir = mkdtempSync(join(tmpdir(), 'sluice-killed-'));
    server = await ServerProcess.start();
    await server.setUp();
    token = await server.clientToken('shop');
    const desk = new ConfigDesk(server.admin, 'prod', 'shop');
    await desk.create('guard', { kind: 'rules' });
    await publishRules(desk, { nobody: nobodyPays() });
    fleet = await GuardFleet.start({ server: server.url, token, app: 'shop', cacheDir }, ids);
  }, timeoutMs);
  afterAll(async () => {
    await Promise.all([fleet, ...more].map((each) => each?.end()));
    await server?.remove();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  it(
    'is acked by everybody who runs, is undone, and is caught up with by who stood still',
    async () => {
      const running = fleet!;
      expect(Object.values(await running.ask<string>({ do: 'callOnce' }))).toEqual(
        Array(count).fill('degraded'),
      );
      const still = running.members.at(-1)!;
      still.signal('SIGSTOP');
      try {
        const awake = running.members.slice(0, -1);
        const found = Promise.all(awake.map((member) => member.ask({ do: 'untilPassed', forMs: 30_000 })));
        const turnedMs = machineMs();
        await turn(true);
        const ackedMs = await ackedBy(count - stopped);
        const delays = delaysOf(Object.assign({}, ...(await found)) as never, turnedMs);
        figures('kill switch to first call that passes', delays);
        process.stderr.write(`acked by all who run after ${(ackedMs - turnedMs).toFixed(0)} ms\n`);
        expect(ackedMs - turnedMs).toBeLessThan(withinMs);
        expect(delays.at(-1)).toBeLessThan(withinMs);
      } finally {
        still.signal('SIGCONT');
      }
      await ackedBy(count);
      expect(Object.values(await running.ask<string>({ do: 'callOnce' }))).toEqual(
        Array(count).fill('passed'),
      );
      const undoneMs = machineMs();
      const undone = running.ask<number | null>({ do: 'untilRefused', forMs: 30_000 });
      await turn(false);
      figures('undone to first refusal', delaysOf(await undone, undoneMs));
      expect((await ackedBy(count)) - undoneMs).toBeLessThan(withinMs);
    },
    timeoutMs,
  );

  it(
    'is thrown by the environment and by a file when the server is gone',
    async () => {
      const [first] = ids[0]!;
      const own = [['own-0', 'own-1']];
      const order = { server: server.url, token, app: 'shop', cacheDir };
      // They have to hold the rules before the server goes.
      const before = await GuardFleet.start(order, own);
      await before.end();
      await server.down('SIGKILL');
      const byVariable = await GuardFleet.start({ ...order, readyMs: 1500 }, own, { SLUICE_KILL: 'monitor' });
      more.push(byVariable);
      expect(byVariable.states).toEqual(['snapshot', 'snapshot']);
      expect(Object.values(await byVariable.ask<string>({ do: 'callOnce' }))).toEqual(['passed', 'passed']);
      await byVariable.end();
      const without = await GuardFleet.start({ ...order, readyMs: 1500 }, own);
      more.push(without);
      expect(Object.values(await without.ask<string>({ do: 'callOnce' }))).toEqual(['degraded', 'degraded']);
      // One of a whole fleet that has been running all the time: a file in its folder, and only it obeys.
      expect(Object.values(await fleet!.ask<string>({ do: 'callOnce' }))).toEqual(
        Array(count).fill('degraded'),
      );
      mkdirSync(join(cacheDir, first!), { recursive: true });
      const file = join(cacheDir, first!, 'KILL');
      const passed = fleet!.members[0]!.ask({ do: 'untilPassed', forMs: 3000 }) as Promise<
        Record<string, number | null>
      >;
      const writtenMs = machineMs();
      writeFileSync(file, 'monitor', { mode: 0o600 });
      const found = await passed;
      expect(Object.keys(found).filter((id) => found[id] !== null)).toEqual([first]);
      process.stderr.write(`obeys the file after ${(found[first!]! - writtenMs).toFixed(0)} ms\n`);
      rmSync(file);
      const again = (await fleet!.members[0]!.ask({ do: 'untilRefused', forMs: 10_000 })) as Record<
        string,
        number | null
      >;
      expect(again[first!]).not.toBeNull();
    },
    timeoutMs,
  );
});
