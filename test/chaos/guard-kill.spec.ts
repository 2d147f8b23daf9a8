import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { delaysOf, GuardFleet, namesOf } from '../guard/guard-fleet.ts';
import { isLong } from '../guard/long-tests.ts';
import { nobodyPays, publishRules } from '../guard/pay-rules.ts';
import { ConfigDesk } from '../support/config-desk.ts';
import { ServerProcess } from '../support/server-process.ts';

const kills = isLong ? 20 : 4;
const ids = namesOf(10, 2);
const timeoutMs = isLong ? 300_000 : 90_000;

/**
 * The server is killed with -9 again and again while it publishes rules, each of which refuses everybody. Whatever
 * becomes of a publish, there is no moment in which a call slips through between two sets of rules.
 */
describe('applications whose server is killed while it publishes rules', () => {
  let server: ServerProcess;
  let fleet: GuardFleet | undefined;
  let desk: ConfigDesk;
  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
    const token = await server.clientToken('shop');
    desk = new ConfigDesk(server.admin, 'prod', 'shop');
    await desk.create('guard', { kind: 'rules' });
    await publishRules(desk, { nobody: nobodyPays() });
    fleet = await GuardFleet.start({ server: server.url, token, app: 'shop' }, ids);
  }, timeoutMs);
  afterAll(async () => {
    await fleet?.end();
    await server?.remove();
  });

  it(
    `are guarded all the time, ${kills} times`,
    async () => {
      const running = fleet!;
      let acknowledged = 0;
      let isOver = false;
      // Short watches one after the other, so that the last is over soon after the last kill.
      const watched = (async () => {
        const slipped: string[] = [];
        while (!isOver) {
          const found = await running.ask<number | null>({ do: 'untilPassed', forMs: 500, everyMs: 3 });
          slipped.push(...Object.keys(found).filter((id) => found[id] !== null));
        }
        return slipped;
      })();
      for (let kill = 0; kill < kills; kill++) {
        const publishing = (async () => {
          for (let n = 0; ; n++) {
            await publishRules(desk, { [`nobody-${kill}-${n}`]: nobodyPays({ priority: n }) });
            acknowledged += 1;
          }
        })().catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 150 + Math.random() * 250));
        await server.down('SIGKILL');
        await publishing;
        await server.up();
      }
      await publishRules(desk, { last: nobodyPays() });
      isOver = true;
      expect(await watched).toEqual([]);
      expect(acknowledged).toBeGreaterThan(0);
      process.stderr.write(
        `${kills} kills, ${acknowledged} publishes acknowledged, no call slipped through\n`,
      );
      // They hear the server again: with the rules gone everybody may pay.
      await publishRules(desk, {});
      const passed = await running.ask<number | null>({ do: 'untilPassed', forMs: 60_000 });
      expect(delaysOf(passed, 0)).toHaveLength(ids.flat().length);
    },
    timeoutMs,
  );
});
