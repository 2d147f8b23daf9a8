import { setTimeout as wait } from 'node:timers/promises';
import { CrowdedServer, quantile } from '../support/crowded-server.ts';
import { until } from '../support/until.ts';
import type { BenchOptions } from './options.ts';
import { type BenchLine, median, within } from './report.ts';

/** Fewer processes of clients than cores would make the clients the bottleneck. */
const perProcess = 2500;
const payload = 1000;
const kib = 1024;

/**
 * Ten thousand instances on one server process: what a connection costs while nothing happens, a push to all of them,
 * and a server that is killed and started again while all of them want to come back.
 */
export async function storm({ instances = 10_000, rounds = 5 }: BenchOptions): Promise<BenchLine[]> {
  const town = await CrowdedServer.start();
  try {
    await town.publish(payload);
    const warm = await town.add('warm', 100);
    await town.held(await town.publish(payload), 100);
    const before = await town.vitals();
    for (let from = 0; from < instances; from += perProcess)
      await town.add(`i${from / perProcess}`, Math.min(perProcess, instances - from));
    // What connecting left behind is collected while the link is idle, as it would be in an hour.
    await wait(20_000);
    const idle = await town.vitals();
    console.error(`${instances} connected: ${mib(before.rssBytes)} -> ${mib(idle.rssBytes)} MiB`);

    const all = instances + 100;
    const p99: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const push = await town.publish(payload);
      await town.held(push, all);
      const ms = await town.appliedMs(push);
      if (round > 0) p99.push(quantile(ms, 0.99));
      console.error(
        `push ${round}: p50 ${quantile(ms, 0.5)} ms, p99 ${quantile(ms, 0.99)} ms, last ${Math.max(...ms)} ms`,
      );
      await wait(4000);
    }
    await town.dismiss(warm);

    const back: number[] = [];
    let statements = { reads: 0, writes: 0 };
    for (let round = 1; round <= Math.min(rounds, 3); round++) {
      await town.server.down('SIGKILL');
      const killedAt = Date.now();
      await town.server.up();
      const upMs = Date.now() - killedAt;
      await until(
        'everybody is back and verified',
        async () => (await town.state()).verified >= instances && (await town.vitals()).online >= instances,
        180_000,
      );
      const { lastVerifiedAt, failures } = await town.state();
      back.push((lastVerifiedAt - killedAt) / 1000);
      statements = await town.vitals();
      console.error(
        `restart ${round}: listening after ${upMs} ms, all verified after ${back.at(-1)!.toFixed(1)} s; ` +
          `${failures} attempts failed so far; ${statements.reads} reads and ${statements.writes} writes of the database`,
      );
      await wait(5000);
    }
    const lower = { better: 'lower' } as const;
    return [
      within({
        ...lower,
        name: `push to ${instances}, p99 of applied`,
        ours: median(p99),
        unit: 'ms',
        bound: 1500,
      }),
      within({
        ...lower,
        name: 'memory of an idle connection',
        ours: (idle.rssBytes - before.rssBytes) / instances / kib,
        unit: 'KiB',
        bound: 25,
      }),
      within({
        ...lower,
        name: `kill -9 and restart until all ${instances} are back and verified`,
        ours: median(back),
        unit: 's',
        bound: 30,
      }),
      within({
        ...lower,
        name: 'statements of the database for each that came back',
        ours: (statements.reads + statements.writes) / instances,
        unit: 'statements',
        bound: 0.1,
      }),
    ];
  } finally {
    await town.end();
  }
}

const mib = (bytes: number): string => (bytes / kib / kib).toFixed(0);
