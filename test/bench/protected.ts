import { performance } from 'node:perf_hooks';
import { testSluice } from '@sluice/client/testing';
import type { Rules } from '@sluice/core';
import { circuitBreaker, handleAll, SamplingBreaker } from 'cockatiel';
import { RateLimiter } from 'limiter';
import CircuitBreaker from 'opossum';
import { systemClock } from '../../libs/client/src/clock.ts';
import { against, type BenchLine, median } from './report.ts';

const calls = 200_000;

type Add = (n: number) => Promise<number>;

const add: Add = async (n) => n + 1;

/** The least that a guard can do: it reads the clock before and after, and hands the result on. */
const onlyTimed: Add = (n) => {
  const beganMs = systemClock.monotonic();
  return add(n).then((sum) => {
    if (systemClock.monotonic() < beganMs) throw new Error('the clock went back');
    return sum;
  });
};

const cockatielOptions = () => ({
  halfOpenAfter: 1000,
  breaker: new SamplingBreaker({ threshold: 0.5, duration: 10_000 }),
});

/** An asynchronous function under rules, against breakers around the same function: the time that each of them adds. */
export async function protectedFunction(rules: Rules, rounds: number): Promise<BenchLine[]> {
  const sluice = testSluice();
  await sluice.rules(rules);
  const cockatiel = circuitBreaker(handleAll, cockatielOptions());
  const timed = circuitBreaker(handleAll, cockatielOptions());
  const heard = { successes: 0, failures: 0, ms: 0 };
  timed.onSuccess(({ duration }) => {
    heard.successes += 1;
    heard.ms += duration;
  });
  timed.onFailure(({ duration }) => {
    heard.failures += 1;
    heard.ms += duration;
  });
  const bucket = new RateLimiter({ tokensPerInterval: 1e9, interval: 1000 });
  const opossum = new CircuitBreaker(add, { timeout: false, errorThresholdPercentage: 50 });
  const subjects: readonly Add[] = [
    add,
    sluice.protect('two', add),
    (n) => cockatiel.execute(() => add(n)),
    (n) => opossum.fire(n),
    onlyTimed,
    (n) => timed.execute(() => add(n)),
    (n) => {
      if (!bucket.tryRemoveTokens(1)) throw new Error('a call was refused');
      return timed.execute(() => add(n));
    },
  ];
  const samples: readonly number[][] = subjects.map(() => []);
  for (let round = 0; round <= rounds; round++)
    for (const [i, subject] of subjects.entries()) {
      const ns = await nsOf(subject);
      if (round > 0) samples[i]!.push(ns);
    }
  opossum.shutdown();
  await sluice.close();
  const [bare = 0, ...others] = samples.map(median);
  const [ours = 0, cockatielNs = 0, opossumNs = 0, onlyTimedNs = 0, timedNs = 0, allNs = 0] = others.map(
    (each) => each - bare,
  );
  console.error(`a wrapper that only reads the clock before and after adds ${onlyTimedNs.toFixed(0)} ns`);
  console.error(
    `cockatiel, where it counts calls and tells how long they took, adds ${timedNs.toFixed(0)} ns`,
  );
  console.error(
    `behind a bucket of limiter too, which is what protect does, it adds ${allNs.toFixed(0)} ns: protect ${(ours / allNs).toFixed(2)} of it`,
  );
  const line = {
    name: 'protect(async fn): bucket, breaker, counters; added',
    ours,
    unit: 'ns',
    better: 'lower',
  } as const;
  return [
    against({ ...line, peer: 'cockatiel breaker, added', peerValue: cockatielNs, goal: 0.5 }),
    against({ ...line, peer: 'opossum, added', peerValue: opossumNs, goal: 0.25 }),
  ];
}

async function nsOf(work: Add): Promise<number> {
  const started = performance.now();
  for (let n = 0; n < calls; n++) if ((await work(n)) !== n + 1) throw new Error('a call went wrong');
  return ((performance.now() - started) * 1e6) / calls;
}
