import { setTimeout as wait } from 'node:timers/promises';
import { CrowdedServer, quantile } from '../support/crowded-server.ts';
import type { BenchOptions } from './options.ts';
import { type BenchLine, median, within } from './report.ts';

const perProcess = 2500;
const payload = 1000;
const measuredMs = 10_000;

/** Every instance tells of three resources each second, as in the middle of a busy day; pushes go on meanwhile. */
export async function reports({ instances = 10_000, rounds = 5 }: BenchOptions): Promise<BenchLine[]> {
  const town = await CrowdedServer.start();
  try {
    for (let from = 0; from < instances; from += perProcess)
      await town.add(`i${from / perProcess}`, Math.min(perProcess, instances - from));
    await town.held(await town.publish(payload), instances);
    await town.report(1000);
    await wait(measuredMs);
    const p99: number[] = [];
    const [cpu, lag, told]: [number[], number[], number[]] = [[], [], []];
    for (let round = 1; round <= rounds; round++) {
      const before = await town.vitals();
      const begun = performance.now();
      const push = await town.publish(payload);
      await town.held(push, instances);
      await wait(measuredMs - (performance.now() - begun));
      const after = await town.vitals();
      const sec = (performance.now() - begun) / 1000;
      p99.push(quantile(await town.appliedMs(push), 0.99));
      cpu.push((after.cpuSec - before.cpuSec) / sec);
      lag.push(after.lagP99Ms);
      // Each tells of 60 passed calls.
      told.push((after.callsPassed - before.callsPassed) / 60 / sec);
      console.error(
        `round ${round}: ${told.at(-1)!.toFixed(0)} reports/s, ${(cpu.at(-1)! * 100).toFixed(0)} % of a core, ` +
          `event loop late by ${after.lagP99Ms.toFixed(0)} ms (p99), push p99 ${p99.at(-1)} ms`,
      );
    }
    const lower = { better: 'lower' } as const;
    return [
      within({
        ...lower,
        name: `push to ${instances} that report each second, p99 of applied`,
        ours: median(p99),
        unit: 'ms',
        bound: 1500,
      }),
      within({
        ...lower,
        name: `CPU time of a report of three resources (${median(told).toFixed(0)}/s came)`,
        ours: (median(cpu) / median(told)) * 1e6,
        unit: 'µs',
        bound: 100,
      }),
      within({ ...lower, name: 'event loop, p99 of its delay', ours: median(lag), unit: 'ms', bound: 250 }),
    ];
  } finally {
    await town.end();
  }
}
