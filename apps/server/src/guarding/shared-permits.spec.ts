import { describe, expect, it } from '@jest/globals';
import { Entry, Guard, type LimitRule, PermitDemand, seededDraw } from '@sluice/core';
import type { Connection } from '../fleet/connection.ts';
import { SharedLimit } from './shared-limit.ts';

const max = 20;
const rule: LimitRule = {
  kind: 'limit',
  algorithm: 'concurrency',
  max,
  scope: 'cluster',
  resource: { match: 'exact', value: 'pay' },
  mode: 'intercept',
};
const lookMs = 500;
const place = { resource: 'pay', type: 'rpc' } as const;

/** An instance as far as permits go: a real guard, calls by chance that last for a while, and a wish every look. */
class Instance {
  readonly connection = {} as Connection;
  readonly #guard = new Guard({ name: 'i', nowMs: 0, wallOffsetMs: 0, seed: 1 });
  readonly #demand = new PermitDemand();
  readonly #under: { readonly entry: Entry; readonly endMs: number }[] = [];
  perSecond: number;
  lastsMs: number;
  calls = 0;
  admitted = 0;

  constructor(perSecond: number, lastsMs: number) {
    this.perSecond = perSecond;
    this.lastsMs = lastsMs;
    this.#guard.load({ rule }, 1, 0);
    this.lease(1, 0);
  }

  get underWay(): number {
    return this.#under.length;
  }

  pass(nowMs: number, draw: () => number): void {
    for (let i = this.#under.length - 1; i >= 0; i--)
      if (this.#under[i]!.endMs <= nowMs)
        this.#guard.exit(this.#under.splice(i, 1)[0]!.entry, 'success', nowMs);
    if (draw() >= this.perSecond / 1000) return;
    this.calls += 1;
    const verdict = this.#guard.enter(this.#guard.gate('pay', 'rpc'), {}, nowMs);
    if (!(verdict instanceof Entry)) return;
    this.admitted += 1;
    this.#under.push({ entry: verdict, endMs: nowMs + this.lastsMs * (0.5 + draw()) });
  }

  report(shared: SharedLimit, nowMs: number): void {
    const [state] = this.#guard.resources();
    const { success, durationMs } = state?.counters.take() ?? { success: 0, durationMs: 0 };
    const usual = this.#demand.look(lookMs, this.calls, success, durationMs);
    const { underWay } = this;
    if (this.calls > 0 || underWay > 0)
      shared.wish(this.connection, this.calls, nowMs, { wanted: Math.max(usual, underWay), underWay });
    this.calls = 0;
  }

  lease(limit: number, nowMs: number): void {
    this.#guard.adjust('rule', Math.max(1, limit), nowMs, place);
  }
}

interface Seen {
  /** The most that were under way together, and the mean. */
  readonly most: number;
  readonly mean: number;
}

/** Instances and the server for so many seconds; what was seen in those after `fromSec`. */
function run(instances: readonly Instance[], shared: SharedLimit, fromMs: number, seconds: number): Seen {
  const draw = seededDraw(7);
  let [most, sum] = [0, 0];
  for (let nowMs = fromMs; nowMs < fromMs + seconds * 1000; nowMs++) {
    for (const instance of instances) instance.pass(nowMs, draw);
    const all = instances.reduce((total, { underWay }) => total + underWay, 0);
    most = Math.max(most, all);
    sum += all;
    if (nowMs % lookMs !== lookMs - 1) continue;
    for (const instance of instances) instance.report(shared, nowMs);
    const everybody = instances.map(({ connection }) => connection);
    for (const { connection, limit } of shared.divide(rule, { limit: max, fair: 1, now: nowMs }, everybody))
      instances.find((each) => each.connection === connection)!.lease(limit, nowMs);
  }
  return { most, mean: sum / (seconds * 1000) };
}

const shared = () => new SharedLimit('guard/rule', 'pay', 'rpc', 0);

describe('permits of the whole cluster', () => {
  it('go to who has calls under way, not to who has many short ones', () => {
    const [many, long] = [new Instance(200, 5), new Instance(10, 4000)];
    const limit = shared();
    run([many, long], limit, 0, 20);
    many.admitted = 0;
    const { mean, most } = run([many, long], limit, 20_000, 60);
    // 200 calls a second of 5 ms are one at a time; the other could use 40.
    expect(mean).toBeGreaterThan(max * 0.75);
    expect(most).toBeLessThanOrEqual(max);
    expect(many.admitted).toBeGreaterThan(0.9 * 60 * 200);
  });

  it('are given to another only when they have come back', () => {
    const [first, second] = [new Instance(2, 20_000), new Instance(0, 20_000)];
    const limit = shared();
    run([first, second], limit, 0, 60);
    first.perSecond = 0;
    second.perSecond = 2;
    const { most } = run([first, second], limit, 60_000, 60);
    expect(most).toBeLessThanOrEqual(max);
    expect(second.underWay).toBeGreaterThan(max * 0.8);
    expect(first.underWay).toBe(0);
  });

  it('are divided evenly among those who want more than there are', () => {
    const all = [3, 30, 300].map((perSecond) => new Instance(perSecond, 6000));
    const limit = shared();
    run(all, limit, 0, 40);
    const { mean, most } = run(all, limit, 40_000, 60);
    expect(mean).toBeGreaterThan(max * 0.9);
    expect(most).toBeLessThanOrEqual(max);
    for (const { underWay } of all) expect(underWay).toBeGreaterThanOrEqual(4);
  });
});
