import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigDesk } from '../support/config-desk.ts';
import { ServerProcess } from '../support/server-process.ts';
import { GuardFleet, machineMs } from './guard-fleet.ts';
import type { Offered } from './guard-fleet-program.ts';
import { isLong } from './long-tests.ts';
import { limitOfPay, publishRules } from './pay-rules.ts';

/** Calls a second that each instance is offered: some have nearly everything, some next to nothing. */
const skewed = isLong ? [200, 80, 40, 20, 20, 10, 10, 10, 5, 5] : [120, 40, 20, 10];
const loads = [
  ['skewed', skewed],
  ...(isLong ? [['the other way round', [...skewed].reverse()] as const] : []),
] as const;
const limit = 200 / (isLong ? 1 : 2);
const windowMs = isLong ? 10_000 : 4000;
/** Of the limit; a machine that does too much at once offers less than it is asked for. */
const precision = isLong ? 0.05 : 0.25;
const timeoutMs = isLong ? 180_000 : 90_000;

describe(`a limit of the cluster over ${skewed.length} processes`, () => {
  let server: ServerProcess;
  let fleet: GuardFleet | undefined;
  beforeAll(async () => {
    server = await ServerProcess.start();
    await server.setUp();
    const token = await server.clientToken('shop');
    const desk = new ConfigDesk(server.admin, 'prod', 'shop');
    await desk.create('guard', { kind: 'rules' });
    await publishRules(desk, { all: limitOfPay(limit, { intervalMs: 1000, scope: 'cluster' }) });
    fleet = await GuardFleet.start(
      { server: server.url, token, app: 'shop' },
      skewed.map((_, n) => [`shop-${n}`]),
    );
  }, timeoutMs);
  afterAll(async () => {
    await fleet?.end();
    await server?.remove();
  });

  /** Offers everybody their load, all from the same moment on. */
  const offer = async (perSec: readonly number[], forMs: number) => {
    const startMs = machineMs() + 200;
    const all = (await Promise.all(
      fleet!.members.map((member, n) => member.ask({ do: 'load', perSec: [perSec[n]!], startMs, forMs })),
    )) as Offered[];
    const admittedIn = (fromMs: number, toMs: number): number[] =>
      all.map(
        ({ admittedMs }) =>
          admittedMs.filter((atMs) => atMs - startMs >= fromMs && atMs - startMs < toMs).length,
      );
    return { all, admittedIn };
  };
  const sum = (counts: readonly number[]): number => counts.reduce((total, each) => total + each, 0);

  it(
    'is used up and not exceeded, wherever the calls come, also when they move',
    async () => {
      for (const [what, perSec] of loads) {
        // Demand has to be seen before it can be followed.
        const settleMs = 5000;
        const { all, admittedIn } = await offer(perSec, settleMs + windowMs);
        const admitted = sum(admittedIn(settleMs, settleMs + windowMs));
        const expected = (limit * windowMs) / 1000;
        const first = sum(admittedIn(0, settleMs));
        process.stderr.write(
          `${what}: ${admitted} of ${expected} admitted in ${windowMs} ms (${((admitted / expected - 1) * 100).toFixed(1)} %), ` +
            `${first} of ${(limit * settleMs) / 1000} in the ${settleMs} ms before, ${sum(all.map(({ offered }) => offered))} offered\n`,
        );
        expect(Math.abs(admitted / expected - 1)).toBeLessThanOrEqual(precision);
        expect(all.map(({ waited }) => waited)).toEqual(skewed.map(() => 0));
      }
    },
    timeoutMs,
  );

  it(
    'falls to a fair share for each when the server is gone, and no call waits for it',
    async () => {
      await server.down('SIGKILL');
      // Leases hold for ten seconds; afterwards each has its part of the whole.
      const leftMs = 11_000;
      const evenly = skewed.map(() => (limit * 2) / skewed.length);
      const { all, admittedIn } = await offer(evenly, leftMs + windowMs);
      const each = admittedIn(leftMs, leftMs + windowMs);
      const fair = ((limit / skewed.length) * windowMs) / 1000;
      process.stderr.write(`server gone: ${each.join(', ')} admitted of ${fair} each\n`);
      for (const admitted of each) {
        expect(admitted).toBeLessThanOrEqual(fair * (1 + precision));
        expect(admitted).toBeGreaterThanOrEqual(fair * (1 - precision));
      }
      expect(all.map(({ waited }) => waited)).toEqual(skewed.map(() => 0));
    },
    timeoutMs,
  );
});
