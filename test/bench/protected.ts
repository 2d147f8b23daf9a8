import { testSluice } from '@sluice/client/testing';
import type { Rules } from '@sluice/core';
import { circuitBreaker, handleAll, SamplingBreaker } from 'cockatiel';
import CircuitBreaker from 'opossum';
import { against, type BenchLine, median } from './report.ts';

const calls = 200_000;

type Add = (n: number) => Promise<number>;

const add: Add = async (n) => n + 1;

/** An asynchronous function under rules, against breakers around the same function: the time that each of them adds. */
export async function protectedFunction(rules: Rules, rounds: number): Promise<BenchLine[]> {
  const sluice = testSluice();
  await sluice.rules(rules);
  const cockatiel = circuitBreaker(handleAll, {
    halfOpenAfter: 1000,
    breaker: new SamplingBreaker({ threshold: 0.5, duration: 10_000 }),
  });
  const opossum = new CircuitBreaker(add, { timeout: false, errorThresholdPercentage: 50 });
  const subjects: readonly Add[] = [
    add,
    sluice.protect('two', add),
    (n) => cockatiel.execute(() => add(n)),
    (n) => opossum.fire(n),
  ];
  const samples: readonly number[][] = subjects.map(() => []);
  for (let round = 0; round <= rounds; round++)
    for (const [i, subject] of subjects.entries()) {
      const ns = await nsOf(subject);
      if (round > 0) samples[i]!.push(ns);
    }
  opossum.shutdown();
  await sluice.close();
  const [bare, ...others] = samples.map(median) as [number, number, number, number];
  const [ours, ...peers] = others.map((each) => each - bare) as [number, number, number];
  const line = {
    name: 'protect(async fn): bucket, breaker, counters; added',
    ours,
    unit: 'ns',
    better: 'lower',
  } as const;
  return [
    against({ ...line, peer: 'cockatiel breaker, added', peerValue: peers[0]!, goal: 0.5 }),
    against({ ...line, peer: 'opossum, added', peerValue: peers[1]!, goal: 0.25 }),
  ];
}

async function nsOf(work: Add): Promise<number> {
  const started = performance.now();
  for (let n = 0; n < calls; n++) if ((await work(n)) !== n + 1) throw new Error('a call went wrong');
  return ((performance.now() - started) * 1e6) / calls;
}
