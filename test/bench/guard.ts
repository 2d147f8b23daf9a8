import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type CallInputs, Guard, type Rule } from '@sluice/core';
import { RateLimiter } from 'limiter';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { systemClock } from '../../libs/client/src/clock.ts';
import type { BenchOptions } from './options.ts';
import { protectedFunction } from './protected.ts';
import { against, type BenchLine, median, within } from './report.ts';

const calls = 1_000_000;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const nothing: CallInputs = Object.freeze({});

const aRule = (resource: string): Pick<Rule, 'mode' | 'resource'> => ({
  mode: 'intercept',
  resource: { match: 'exact', value: resource },
});
const bucket = (resource: string): Rule =>
  ({ ...aRule(resource), kind: 'limit', algorithm: 'tokenBucket', limit: 1e9, intervalMs: 1000 }) as Rule;
const breaker = (resource: string): Rule =>
  ({
    ...aRule(resource),
    kind: 'breaker',
    strategy: 'errorRatio',
    threshold: 0.5,
    minCalls: 10,
    windowMs: 10_000,
    openMs: 1000,
  }) as Rule;

const rules: Record<string, Rule> = {
  'two/bucket': bucket('two'),
  'two/breaker': breaker('two'),
  'five/bucket': bucket('five'),
  'five/window': {
    ...aRule('five'),
    kind: 'limit',
    algorithm: 'slidingWindow',
    limit: 1e9,
    windowMs: 1000,
  } as Rule,
  'five/permits': { ...aRule('five'), kind: 'limit', algorithm: 'concurrency', max: 100 } as Rule,
  'five/breaker': breaker('five'),
  'five/slow': {
    ...breaker('five'),
    strategy: 'slowCallRatio',
    slowMs: 1000,
  } as Rule,
  'keyed/bucket': { ...bucket('keyed'), limit: 1e6, per: { by: 'user' } } as Rule,
  'many/bucket': { ...bucket('many'), limit: 10, per: { by: 'user' } } as Rule,
};

/** The core of the guard on the clock that the client gives it, against libraries that do one part of it. */
export async function guard({ rounds = 9 }: BenchOptions): Promise<BenchLine[]> {
  const own = new Guard({ name: 'bench', nowMs: systemClock.monotonic(), wallOffsetMs: 0, seed: 1 });
  own.load(rules, 1, systemClock.monotonic());
  const through = (resource: string, inputs: CallInputs = nothing): (() => void) => {
    const gate = own.gate(resource, 'method');
    return () => {
      const entry = own.at(systemClock.monotonic()).enterNow(gate, inputs);
      if (entry.verdict !== 'pass') throw new Error('a call was refused');
      own.at(systemClock.monotonic()).exitNow(entry, 'success');
    };
  };
  const single = new RateLimiter({ tokensPerInterval: 1e9, interval: 1000 });
  const [two, bare] = inTurns(rounds, through('two'), () => void single.tryRemoveTokens(1));
  return [
    against({
      name: 'sync entry + exit: bucket, breaker, counters',
      ours: two,
      unit: 'ns',
      peer: 'limiter tryRemoveTokens',
      peerValue: bare,
      goal: 1,
      better: 'lower',
    }),
    ...(await protectedFunction({ bucket: bucket('two'), breaker: breaker('two') }, rounds)),
    ...fiveRules(through('five')),
    await keyed(own, rounds),
    memoryOfKeys(own),
  ];
}

function nsOf(work: () => void, count: number = calls): number {
  const started = performance.now();
  for (let n = 0; n < count; n++) work();
  return ((performance.now() - started) * 1e6) / count;
}

/** Medians in ns a call; the first round of each only warms up. */
function inTurns(rounds: number, ours: () => void, peer: () => void): [number, number] {
  const [own, other]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    const [a, b] = [nsOf(ours), nsOf(peer)];
    if (round === 0) continue;
    own.push(a);
    other.push(b);
  }
  return [median(own), median(other)];
}

function fiveRules(call: () => void): BenchLine[] {
  for (let n = 0; n < 3 * calls; n++) call();
  const samples: number[] = [];
  // A batch of ten is the shortest that a clock of this machine can tell apart.
  for (let n = 0; n < 20_000; n++) samples.push(nsOf(call, 10) / 1000);
  return [
    within({
      name: 'five rules on one resource, p50',
      ours: median(samples),
      unit: 'µs',
      bound: 1,
      better: 'lower',
    }),
    within({
      name: 'allocated a call, clock readings included',
      ours: bytesOf(call),
      unit: 'B',
      bound: 64,
      better: 'lower',
    }),
  ];
}

function bytesOf(call: () => void): number {
  const samples = Array.from({ length: 9 }, () => {
    // A collection throws away some compiled code, and a scavenge in between would hide what was allocated: so it warms
    // up first, and then makes too few calls to fill the young generation.
    collect();
    for (let n = 0; n < calls; n++) call();
    const before = process.memoryUsage().heapUsed;
    for (let n = 0; n < 20_000; n++) call();
    return (process.memoryUsage().heapUsed - before) / 20_000;
  });
  return median(samples);
}

/** Five thousand users in turn: decisions a second. The peer answers with promises, which is its interface. */
async function keyed(own: Guard, rounds: number): Promise<BenchLine> {
  const count = 200_000;
  const users = Array.from({ length: 5000 }, (_, n) => ({ user: `user-${n}` }));
  const gate = own.gate('keyed', 'method');
  const peer = new RateLimiterMemory({ points: 1e6, duration: 1 });
  const [ours, others]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    let started = performance.now();
    for (let n = 0; n < count; n++) {
      const entry = own.at(systemClock.monotonic()).enterNow(gate, users[n % 5000]!);
      if (entry.verdict !== 'pass') throw new Error('a call was refused');
      own.at(systemClock.monotonic()).exitNow(entry, 'success');
    }
    const own1 = (count * 1000) / (performance.now() - started);
    started = performance.now();
    for (let n = 0; n < count; n++) await peer.consume(users[n % 5000]!.user);
    const peer1 = (count * 1000) / (performance.now() - started);
    if (round === 0) continue;
    ours.push(own1);
    others.push(peer1);
  }
  return against({
    name: 'keyed limiter over 5,000 keys',
    ours: median(ours),
    unit: '/s',
    peer: 'rate-limiter-flexible memory',
    peerValue: median(others),
    goal: 2,
    better: 'higher',
  });
}

function memoryOfKeys(own: Guard): BenchLine {
  const gate = own.gate('many', 'method');
  const heapMb = (): number => {
    collect();
    return process.memoryUsage().heapUsed / 1e6;
  };
  const before = heapMb();
  for (let n = 0; n < 1_000_000; n++) {
    const entry = own.enter(gate, { user: `somebody-${n}` }, systemClock.monotonic());
    if (entry.verdict === 'pass') own.at(systemClock.monotonic()).exitNow(entry, 'success');
  }
  return within({
    name: 'memory after 1 M distinct keys',
    ours: heapMb() - before,
    unit: 'MB',
    bound: 50,
    better: 'lower',
  });
}
