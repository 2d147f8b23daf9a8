import { num } from '@sluice/client';
import { testSluice } from '@sluice/client/testing';
import type { BenchOptions } from './options.ts';
import { against, type BenchLine, median } from './report.ts';

const reads = 20_000_000;

/** A typed read `cfg.timeoutMs` against a plain `Map.get` of the same number, in turns. */
export async function read({ rounds = 9 }: BenchOptions): Promise<BenchLine[]> {
  const sluice = testSluice({ 'order.timeoutMs': 800 });
  const config = sluice.config('order', { timeoutMs: num(500, { min: 1, max: 10_000 }), retries: num(3) });
  const map = new Map<string, number>([
    ['timeoutMs', 800],
    ['retries', 3],
  ]);
  const [ours, peer]: [number[], number[]] = [[], []];
  let sum = 0;
  for (let round = 0; round <= rounds; round++) {
    let started = performance.now();
    for (let n = 0; n < reads; n++) sum += config.timeoutMs;
    const oursNs = ((performance.now() - started) * 1e6) / reads;
    started = performance.now();
    for (let n = 0; n < reads; n++) sum += map.get('timeoutMs') ?? 0;
    const peerNs = ((performance.now() - started) * 1e6) / reads;
    if (round > 0) {
      ours.push(oursNs);
      peer.push(peerNs);
    }
  }
  await sluice.close();
  if (sum !== 800 * reads * 2 * (rounds + 1)) throw new Error('a read gave another value');
  return [
    against({
      name: 'typed read cfg.timeoutMs',
      ours: median(ours),
      unit: 'ns',
      peer: 'Map.get',
      peerValue: median(peer),
      goal: 2,
      better: 'lower',
    }),
  ];
}
