import { describe, expect, it } from '@jest/globals';
import type { CallInputs, Outcome } from '../model/call.ts';
import type { Rule, Rules } from '../model/rule.ts';
import { Agenda } from './agenda.ts';
import { Entry } from './entry.ts';
import { Guard } from './guard.ts';
import { replay } from './replay.ts';
import type { ReplayCall, ReplayVerdict } from './replay-run.ts';
import { seededDraw } from './seeded-draw.ts';
import { Waiting } from './waiting.ts';

const wallOffsetMs = Date.parse('2026-01-01T00:00:00Z');
const everything = { match: 'prefix', value: '' } as const;
const ofCluster = (resource: Rule['resource']): Rule => ({
  kind: 'limit',
  algorithm: 'tokenBucket',
  limit: 100,
  intervalMs: 1000,
  scope: 'cluster',
  resource,
  mode: 'intercept',
});
const on = (value: string) => ({ match: 'exact', value }) as const;
const rules = {
  bucket: {
    kind: 'limit',
    algorithm: 'tokenBucket',
    limit: 40,
    intervalMs: 1000,
    burst: 5,
    per: { by: 'user' },
    resource: on('pay'),
    mode: 'intercept',
  },
  paced: {
    kind: 'limit',
    algorithm: 'leakyBucket',
    limit: 50,
    intervalMs: 1000,
    maxQueueMs: 200,
    resource: on('mail'),
    mode: 'intercept',
  },
  window: {
    kind: 'limit',
    algorithm: 'slidingWindow',
    limit: 60,
    windowMs: 1000,
    resource: on('pay'),
    mode: 'monitor',
  },
  few: {
    kind: 'limit',
    algorithm: 'concurrency',
    max: 4,
    queue: 3,
    maxQueueMs: 150,
    resource: on('mail'),
    mode: 'intercept',
  },
  warm: {
    kind: 'limit',
    algorithm: 'warmUp',
    limit: 90,
    warmUpSec: 2,
    resource: on('stock'),
    mode: 'intercept',
  },
  breaker: {
    kind: 'breaker',
    strategy: 'errorRatio',
    threshold: 0.4,
    minCalls: 10,
    windowMs: 2000,
    openMs: 300,
    resource: everything,
    mode: 'intercept',
  },
  shed: {
    kind: 'degrade',
    share: 0.1,
    onBlock: { answer: 'empty' },
    resource: on('stock'),
    mode: 'intercept',
  },
  nobody: {
    kind: 'access',
    effect: 'deny',
    by: 'origin',
    values: ['bad'],
    resource: everything,
    mode: 'intercept',
  },
} as unknown as Rules;

interface Lived {
  readonly calls: ReplayCall[];
  readonly verdicts: ReplayVerdict[];
}

/** An application under load, as an adapter drives the guard: what it decided, and what a recorder wrote down. */
function live(seed: number, count: number): Lived {
  const draw = seededDraw(seed);
  const guard = new Guard({ name: 'live', nowMs: 0, wallOffsetMs, seed: 42 });
  guard.load(rules, 1, 0);
  const due = new Agenda<() => void>();
  const calls: (ReplayCall & { outcome?: Outcome; durationMs?: number })[] = [];
  const verdicts: ReplayVerdict[] = [];
  let nowMs = 0;
  const passTime = (untilMs: number): void => {
    while (due.size > 0 && due.nextMs <= untilMs) {
      nowMs = due.nextMs;
      due.take()();
    }
    nowMs = Math.min(untilMs, Number.MAX_SAFE_INTEGER);
  };
  for (let i = 0; i < count; i++) {
    // Quarters of a millisecond: several calls and ends fall on one moment, and sums are exact.
    passTime(nowMs + Math.floor(draw() * 16) / 4);
    const resource = ['pay', 'mail', 'stock'][Math.floor(draw() * 3)]!;
    const inputs: CallInputs = {
      origin: draw() < 0.02 ? 'bad' : 'shop',
      user: `u${Math.floor(draw() * 3)}`,
    };
    const outcome = (nowMs % 4000 < 1500 ? draw() < 0.7 : draw() < 0.05) ? 'error' : 'success';
    const durationMs = Math.floor(draw() * 240) / 4;
    const mayWait = draw() < 0.7;
    const call = { atMs: nowMs, resource, type: 'rpc' as const, inputs, mayWait };
    const index = calls.push(call) - 1;
    const decided = (verdict: Entry | { verdict: 'block' }): void => {
      if (!(verdict instanceof Entry)) {
        verdicts[index] = 'block';
        return;
      }
      verdicts[index] = verdict.standing!.holds.wouldBlock.length > 0 ? 'wouldBlock' : 'pass';
      calls[index] = { ...call, outcome, durationMs };
      due.add(nowMs + durationMs, () => guard.exit(verdict, outcome, nowMs));
    };
    const first = guard.enter(guard.gate(resource, 'rpc'), inputs, nowMs, mayWait);
    if (!(first instanceof Waiting)) {
      decided(first);
      continue;
    }
    let isOver = false;
    const resume = (): void => {
      if (isOver) return;
      const next = guard.resume(first, nowMs);
      if (next instanceof Waiting) due.add(nowMs + next.waitMs, resume);
      else {
        isOver = true;
        decided(next);
      }
    };
    first.onGranted = () => due.add(nowMs, resume);
    due.add(nowMs + first.waitMs, resume);
  }
  passTime(Number.MAX_VALUE);
  return { calls, verdicts };
}

function replayed(calls: readonly ReplayCall[], by: Rules, seed = 42): ReplayVerdict[] {
  const verdicts: ReplayVerdict[] = [];
  replay(calls, by, {
    seed,
    wallOffsetMs,
    onDecision: (index, verdict) => {
      verdicts[index] = verdict;
    },
  });
  return verdicts;
}

describe('replay', () => {
  it.each([1, 2, 3, 4, 5])('decides everything as it was decided live, bit for bit (%d)', (seed) => {
    const { calls, verdicts } = live(seed, 4000);
    // Every kind of decision came up, so that the equality means something.
    for (const verdict of ['pass', 'block', 'wouldBlock'] as const)
      expect(verdicts.filter((each) => each === verdict).length).toBeGreaterThan(20);
    expect(replayed(calls, rules)).toEqual(verdicts);
  });

  it('differs under another seed and under other rules', () => {
    const { calls, verdicts } = live(6, 3000);
    expect(replayed(calls, rules, 43)).not.toEqual(verdicts);
    const { bucket, ...others } = rules;
    expect(bucket).toBeDefined();
    expect(replayed(calls, others)).not.toEqual(verdicts);
    expect(new Set(replayed(calls, {}))).toEqual(new Set(['pass']));
  });

  it('takes calls in any order, and decides each instance by itself', () => {
    const { calls } = live(8, 1500);
    const two = calls.flatMap((call) => ['a', 'b'].map((instance) => ({ ...call, instance })));
    const both = replayed(two, rules);
    expect(both.filter((_, i) => i % 2 === 0)).toEqual(replayed(calls, rules));
    // From the last to the first; calls of one moment are decided in the order in which they stand.
    const atOnce = calls.filter((call, i) => i === 0 || calls[i - 1]!.atMs < call.atMs);
    const forwards = replayed(atOnce, rules);
    expect(replayed(atOnce.toReversed(), rules).toReversed()).toEqual(forwards);
  });

  it('says how many ends it had to guess', () => {
    const call = { resource: 'pay', type: 'rpc', inputs: {} } as const;
    const max: Rule = {
      kind: 'limit',
      algorithm: 'concurrency',
      max: 1,
      resource: everything,
      mode: 'intercept',
    };
    const decisions: string[] = [];
    const totals = replay(
      [
        { ...call, atMs: 0, outcome: 'success', durationMs: 10 },
        // Blocked when it was recorded: it would have lasted 10 ms too.
        { ...call, atMs: 20 },
        { ...call, atMs: 29 },
        { ...call, atMs: 31 },
      ],
      { max },
      { seed: 1, wallOffsetMs, onDecision: (i, verdict, by) => decisions.push(`${i} ${verdict} ${by}`) },
    );
    expect(decisions).toEqual(['0 pass ', '1 pass ', '2 block max', '3 pass ']);
    expect(totals).toEqual({ passed: 3, blocked: 1, wouldBlock: 0, estimated: 2 });
  });

  it('gives each instance its share of a limit of the cluster', () => {
    const rule = ofCluster(everything);
    const calls = Array.from({ length: 40_000 }, (_, i) => ({
      atMs: i / 4,
      resource: 'pay',
      type: 'rpc' as const,
      inputs: {},
      instance: i % 4 === 0 ? 'small' : 'large',
      outcome: 'success' as const,
      durationMs: 1,
    }));
    const verdicts = replayed(calls, { rule });
    const passed = verdicts.filter((verdict, i) => verdict === 'pass' && calls[i]!.atMs >= 5000).length;
    expect(passed / 5).toBeGreaterThan(95);
    expect(passed / 5).toBeLessThan(105);
  });

  it('gives each resource all of a limit of the cluster, and each instance its share of it there', () => {
    const rule = ofCluster({ match: 'prefix', value: 'r' });
    const at = (atMs: number, resource: string, instance: string): ReplayCall => ({
      atMs,
      resource,
      type: 'rpc',
      inputs: {},
      instance,
      outcome: 'success',
      durationMs: 1,
    });
    const seconds = Array.from({ length: 1000 }, (_, i) => i * 10);
    // 100 a second each, of one instance.
    const apart = seconds.flatMap((atMs) => [at(atMs, 'r1', 'a'), at(atMs, 'r2', 'b')]);
    expect(replayed(apart, { rule }).filter((verdict) => verdict === 'block')).toEqual([]);
    // Both call both, the one three times as often as the other: 400 a second for each resource, of which 100 go.
    const both = seconds.flatMap((atMs) =>
      ['r1', 'r2'].flatMap((name) => ['a', 'a', 'a', 'b'].map((instance) => at(atMs, name, instance))),
    );
    const verdicts = replayed(both, { rule });
    for (const [name, instance, rate] of [
      ['r1', 'a', 75],
      ['r1', 'b', 25],
      ['r2', 'a', 75],
      ['r2', 'b', 25],
    ] as const) {
      const passed = both.filter(
        (call, i) =>
          call.resource === name && call.instance === instance && call.atMs >= 5000 && verdicts[i] === 'pass',
      );
      expect(Math.abs(passed.length / 5 - rate)).toBeLessThan(rate * 0.05);
    }
  });

  it('divides permits of the cluster by how long calls are under way', () => {
    const rule = { ...ofCluster(everything), algorithm: 'concurrency', max: 10 } as unknown as Rule;
    const call = { resource: 'pay', type: 'rpc', inputs: {}, outcome: 'success' } as const;
    const calls = Array.from({ length: 10_000 }, (_, i): ReplayCall[] => [
      { ...call, atMs: i, instance: 'many', durationMs: 1 },
      ...(i % 1000 === 0 ? [{ ...call, atMs: i, instance: 'long', durationMs: 9000 }] : []),
    ]).flat();
    // Nine of the long ones are under way at a time, and one of the others.
    expect(replayed(calls, { rule }).filter((verdict) => verdict === 'block')).toEqual([]);
  });

  it('divides a limit of the cluster by the calls that came, not by those that were recorded', () => {
    const rule: Rule = {
      kind: 'limit',
      algorithm: 'slidingWindow',
      limit: 1100,
      windowMs: 60_000,
      scope: 'cluster',
      resource: everything,
      mode: 'intercept',
    };
    const calls = Array.from(
      { length: 2000 },
      (_, i): ReplayCall => ({
        atMs: i,
        resource: 'pay',
        type: 'rpc',
        inputs: {},
        // A thousand recorded calls of each; of the busy one they are every tenth.
        instance: i % 2 === 0 ? 'busy' : 'calm',
      }),
    );
    const passed = new Map<string, number>();
    replay(
      calls,
      { rule },
      {
        seed: 1,
        wallOffsetMs,
        sampledBy: (instance) => (instance === 'busy' ? 10 : 1),
        onDecision: (i, verdict) => {
          const { instance } = calls[i]!;
          if (verdict === 'pass') passed.set(instance!, (passed.get(instance!) ?? 0) + 1);
        },
      },
    );
    // Of 11,000 calls 1,000 and 100 go: a tenth of what was recorded of each.
    expect(Object.fromEntries(passed)).toEqual({ busy: 100, calm: 100 });
  });
});
