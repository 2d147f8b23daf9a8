import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Pool } from 'undici';
import type { BenchOptions } from './options.ts';
import { against, type BenchLine, median } from './report.ts';

const connections = 20;
const roundMs = 2000;

/** Requests a second of an Express app with the whole guard in front of its routes, against the same app bare. */
export async function app({ rounds = 9 }: BenchOptions): Promise<BenchLine[]> {
  const [guarded, bare] = await Promise.all([started('guarded'), started('bare')]);
  const [ours, peers]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    // Who is first has the warmer machine, so they take turns in that too.
    const order = round % 2 === 0 ? [guarded, bare] : [bare, guarded];
    const rates = new Map<Served, number>();
    for (const each of order) rates.set(each, await rateOf(each.pool));
    if (round === 0) continue;
    ours.push(rates.get(guarded)!);
    peers.push(rates.get(bare)!);
  }
  for (const { pool, stop } of [guarded, bare]) {
    await pool.destroy();
    stop();
  }
  return [
    against({
      name: 'Express with five rules in front of its route',
      ours: median(ours),
      unit: 'requests/s',
      peer: 'Express bare',
      peerValue: median(peers),
      goal: 0.95,
      better: 'higher',
    }),
  ];
}

interface Served {
  readonly pool: Pool;
  stop(): void;
}

async function started(kind: 'guarded' | 'bare'): Promise<Served> {
  const child = fork(new URL('./app-server.ts', import.meta.url), [kind], {
    execArgv: ['--conditions=sluice-source'],
  });
  const [port] = (await once(child, 'message')) as [number];
  return { pool: new Pool(`http://127.0.0.1:${port}`, { connections }), stop: () => void child.kill() };
}

async function rateOf(pool: Pool): Promise<number> {
  const until = performance.now() + roundMs;
  let count = 0;
  const one = async (n: number): Promise<void> => {
    while (performance.now() < until) {
      const { body, statusCode } = await pool.request({ method: 'GET', path: `/books/${n}` });
      await body.dump();
      if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
      count++;
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, n) => one(n)));
  return (count * 1000) / roundMs;
}
