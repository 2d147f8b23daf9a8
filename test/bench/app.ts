import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Pool } from 'undici';
import type { BenchOptions } from './options.ts';
import { against, type BenchLine, median } from './report.ts';

/**
 * With few connections whoever sends the requests sleeps between them when the server is the slower one, and the server
 * pays for waking it: then a small difference looks like twice as much.
 */
const connections = 100;
const turnMs = 200;
const warmUpTurns = 15;
const turns = 10;

/** Requests a second of an Express app with the whole guard in front of its routes, against the same app bare. */
export async function app({ rounds = 9 }: BenchOptions): Promise<BenchLine[]> {
  const pairs: Pair[] = [];
  // Two processes of the same program differ by more than what is measured here.
  for (let round = 0; round < rounds; round++) pairs.push(await compared());
  const bareRate = median(pairs.map(({ bare }) => bare));
  return [
    against({
      name: 'Express with five rules in front of its route',
      ours: bareRate * median(pairs.map(({ ratio }) => ratio)),
      unit: 'requests/s',
      peer: 'Express bare',
      peerValue: bareRate,
      goal: 0.95,
      better: 'higher',
    }),
  ];
}

interface Pair {
  /** Requests a second. */
  readonly bare: number;
  readonly ratio: number;
}

/** One process of each kind, in turns. */
async function compared(): Promise<Pair> {
  const [guarded, bare] = await Promise.all([started('guarded'), started('bare')]);
  // In turns as well: whoever waits for the other to be warm has its connections closed meanwhile, and what V8 compiled
  // for them is thrown away.
  for (let turn = 0; turn < warmUpTurns; turn++)
    for (const { pool } of [guarded, bare]) await rateOf(pool, turnMs);
  const [ours, peers]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < turns; turn++) {
    // Who is first has the warmer machine, so they take turns in that too.
    const order = turn % 2 === 0 ? [guarded, bare] : [bare, guarded];
    for (const each of order) (each === guarded ? ours : peers).push(await rateOf(each.pool, turnMs));
  }
  for (const { pool, stop } of [guarded, bare]) {
    await pool.destroy();
    stop();
  }
  // What the machine does besides is much the same in two turns that follow each other.
  const ratio = median(ours.map((rate, turn) => rate / peers[turn]!));
  console.error(`guarded ${ratio.toFixed(3)} of bare`);
  return { bare: median(peers), ratio };
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

async function rateOf(pool: Pool, ms: number): Promise<number> {
  const began = performance.now();
  const until = began + ms;
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
  return (count * 1000) / (performance.now() - began);
}
