import { setTimeout as wait } from 'node:timers/promises';
import { CrowdedServer, quantile } from '../support/crowded-server.ts';
import type { BenchOptions } from './options.ts';
import { against, type BenchLine, median, within } from './report.ts';

const payload = 60_000;
const mib = 1024 * 1024;
/** One in ten doesn't read. */
const share = 10;

/** Some instances are stopped (`SIGSTOP`) while large values are pushed: what each costs, and what others notice. */
export async function stopped({ instances = 2000, rounds = 7 }: BenchOptions): Promise<BenchLine[]> {
  const town = await CrowdedServer.start();
  try {
    const count = Math.floor(instances / share);
    const others = instances - count;
    await town.add('well', others);
    const crowd = await town.add('stopped', count);
    const push = async (): Promise<number> => {
      const begun = await town.publish(payload);
      await town.held(begun, others);
      await wait(2000);
      return quantile(await town.appliedMs(begun, 'well'), 0.99);
    };
    for (let round = 0; round < 4; round++) await push();
    const before: number[] = [];
    for (let round = 0; round < rounds; round++) before.push(await push());
    await wait(5000);
    const rss = (await town.vitals()).rssBytes;
    crowd.stop();
    const during: number[] = [];
    let most = 0;
    for (let round = 0; round < rounds; round++) {
      during.push(await push());
      most = Math.max(most, (await town.vitals()).rssBytes);
    }
    crowd.goOn();
    await town.held(await town.publish(payload), instances);
    console.error(`p99 before ${before.join(', ')} ms; during ${during.join(', ')} ms`);
    return [
      within({
        name: `memory of each of ${count} that don't read`,
        ours: Math.max(0, most - rss) / count / mib,
        unit: 'MiB',
        bound: 5,
        better: 'lower',
      }),
      against({
        name: `p99 of applied of the ${others} others`,
        ours: median(during),
        unit: 'ms',
        peer: 'before',
        peerValue: median(before),
        goal: 1.2,
        better: 'lower',
      }),
    ];
  } finally {
    await town.end();
  }
}
