import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CrowdedServer } from '../support/crowded-server.ts';
import { until } from '../support/until.ts';

/** `npm run bench -- storm` does the same with 10,000 and says how long it takes. */
const count = Number(process.env.SLUICE_STORM_INSTANCES ?? 600);

describe(`${count} instances on one server process`, () => {
  let town: CrowdedServer;
  beforeAll(async () => {
    town = await CrowdedServer.start();
    await town.publish(1000);
    await town.add('a', count / 2);
    await town.add('b', count / 2);
  }, 120_000);
  afterAll(() => town?.end());

  it('hold what is pushed while all of them report each second', async () => {
    await town.report(1000);
    const before = (await town.vitals()).callsPassed;
    const push = await town.held(await town.publish(1000), count);
    expect(push.verdict.targets).toBe(count);
    await until(
      'each has told twice',
      async () => (await town.vitals()).callsPassed >= before + count * 2 * 60,
    );
    await town.report(0);
  }, 60_000);

  it('come back after a kill -9 and are verified, and the database hardly notices', async () => {
    await town.server.down('SIGKILL');
    await town.server.up();
    await until('all are back', async () => (await town.vitals()).online === count, 120_000);
    await until('all are verified', async () => (await town.state()).verified === count);
    const { targetLoads, reads, writes } = await town.vitals();
    expect(targetLoads).toBe(1);
    // Some are for what the server does each second, whoever is there; the more of them, the busier the machine.
    expect(reads + writes).toBeLessThan(count);
    await town.held(await town.publish(1000), count);
  }, 180_000);
});
