import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts } from '@sluice/protocol';
import { ConfigDesk } from '../support/config-desk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { delaysOf, figures, GuardFleet, machineMs, namesOf } from './guard-fleet.ts';
import { isLong } from './long-tests.ts';
import { limitOfPay, nobodyPays, publishRules } from './pay-rules.ts';

const [count, processes] = isLong ? [1000, 10] : [60, 2];
const ids = namesOf(count, processes);
/** On a machine that does nothing else it is one second; the sample only has to show that nobody is left out. */
const rounds = isLong ? 5 : 1;
const withinMs = isLong ? 1000 : 10_000;
const timeoutMs = isLong ? 240_000 : 60_000;

describe(`a rule that is pushed to ${count} instances`, () => {
  let server: ServerProcess;
  let token: string;
  let cacheDir: string;
  let desk: ConfigDesk;
  let fleet: GuardFleet | undefined;

  const start = async (readyMs?: number): Promise<GuardFleet> => {
    const order = { server: server.url, token, app: 'shop', cacheDir, ...(readyMs && { readyMs }) };
    fleet = await GuardFleet.start(order, ids);
    return fleet;
  };

  /** Resolves when each of them has said that it holds what was pushed. */
  const isHeldByAll = async (push: string): Promise<void> => {
    const params = { env: 'prod', app: 'shop', push };
    for (;;) {
      const { verdict } = await server.admin.call(contracts.getPush, { params });
      if (verdict.holding === count) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  beforeAll(async () => {
    cacheDir = mkdtempSync(join(tmpdir(), 'sluice-guarded-'));
    server = await ServerProcess.start();
    await server.setUp();
    token = await server.clientToken('shop');
    desk = new ConfigDesk(server.admin, 'prod', 'shop');
    await desk.create('guard', { kind: 'rules' });
    await publishRules(desk, { calm: limitOfPay(1000) });
  }, timeoutMs);
  afterAll(async () => {
    await fleet?.end();
    await server?.remove();
    rmSync(cacheDir, { recursive: true, force: true });
  });

  it(
    'is enforced by the last of them within a second',
    async () => {
      const running = await start();
      expect(running.states).toEqual(Array(count).fill('live'));
      const lastMs: number[] = [];
      for (let round = 0; round < rounds; round++) {
        // The first finds code that has never run; other work on the machine comes and goes.
        const calm = await publishRules(desk, { calm: limitOfPay(1e6 + round) });
        delaysOf(await running.ask<number | null>({ do: 'untilPassed', forMs: 30_000 }), 0);
        await isHeldByAll(calm.push.id); // what is measured is one push, not two
        const refused = running.ask<number | null>({ do: 'untilRefused', forMs: 30_000, everyMs: 20 });
        const publishedMs = machineMs();
        await publishRules(desk, { nobody: nobodyPays() });
        const delays = delaysOf(await refused, publishedMs);
        figures('publish asked to first refusal', delays);
        lastMs.push(delays.at(-1)!);
      }
      expect(Math.min(...lastMs)).toBeLessThan(withinMs);
    },
    timeoutMs,
  );

  it(
    'is enforced from their disks after a restart without a server, and ends on time when it has an end',
    async () => {
      // Long enough that everybody is up again before it is over, however busy the machine is.
      const until = Date.now() + (isLong ? 90_000 : 12_000);
      const end = { effective: { until: new Date(until).toISOString() } };
      const { push } = await publishRules(desk, { nobody: nobodyPays(end) });
      await fleet!.ask({ do: 'untilRefused', forMs: 30_000 });
      // Whoever has said that it holds the rule has it on its disk.
      await isHeldByAll(push.id);
      await server.down('SIGKILL');
      await fleet!.end();
      const again = await start(isLong ? 6000 : 3000);
      expect(again.states).toEqual(Array(count).fill('snapshot'));
      const restartedMs = Date.now();
      expect(restartedMs).toBeLessThan(until);
      const before = await again.ask<string>({ do: 'callOnce' });
      expect(Object.values(before)).toEqual(Array(count).fill('degraded'));
      const passed = await again.ask<number | null>({
        do: 'untilPassed',
        forMs: until - Date.now() + 30_000,
      });
      const untilMs = machineMs() + until - Date.now();
      const late = delaysOf(passed, untilMs);
      figures('end of the rule to first call that passes', late);
      expect(late[0]).toBeGreaterThanOrEqual(-5);
      expect(late.at(-1)).toBeLessThan(withinMs);
    },
    timeoutMs,
  );
});
