import { describe, expect, it } from '@jest/globals';
import { Entry, Guard, type LimitRule, seededDraw } from '@sluice/core';
import type { Connection } from '../fleet/connection.ts';
import { SharedLimit } from './shared-limit.ts';

const bucket = (limit: number): LimitRule & { limit: number } => ({
  kind: 'limit',
  algorithm: 'tokenBucket',
  limit,
  intervalMs: 1000,
  scope: 'cluster',
  resource: { match: 'exact', value: 'pay' },
  mode: 'intercept',
});

const reportMs = 501;
const latenessMs = 60;

/**
 * An instance as far as leases go: a real guard, calls by chance, and a wish every half second by a timer of its own,
 * which is a little late sooner or later, and so is the network.
 */
class Instance {
  readonly connection = {} as Connection;
  readonly #guard: Guard;
  #reports = 0;
  #reportsAtMs = 0;
  perSecond: number;
  wished = 0;
  admitted = 0;
  share = 0;

  constructor(rule: LimitRule, perSecond: number) {
    this.perSecond = perSecond;
    this.#guard = new Guard({ name: 'i', nowMs: 0, wallOffsetMs: 0, seed: 1 });
    this.#guard.load({ rule }, 1, 0);
  }

  call(nowMs: number): void {
    this.wished += 1;
    const gate = this.#guard.gate('pay', 'rpc');
    const verdict = this.#guard.enter(gate, {}, nowMs);
    if (!(verdict instanceof Entry)) return;
    this.admitted += 1;
    this.#guard.exit(verdict, 'success', nowMs);
  }

  report(shared: SharedLimit, nowMs: number, draw: () => number): void {
    if (nowMs < this.#reportsAtMs) return;
    if (this.wished > 0) shared.wish(this.connection, this.wished, nowMs);
    this.wished = 0;
    // Wherever its half seconds begin.
    if (this.#reports === 0) this.#reports = draw();
    this.#reports += 1;
    while (this.#reports * reportMs <= nowMs) this.#reports += 1;
    this.#reportsAtMs = this.#reports * reportMs + draw() * latenessMs;
  }

  lease(limit: number, nowMs: number): void {
    this.share = limit;
    this.#guard.adjust('rule', limit, nowMs, { resource: 'pay', type: 'rpc' });
  }
}

/** What is leased for the reports of half a second. */
function settle(
  rule: LimitRule & { limit: number },
  shared: SharedLimit,
  all: readonly Instance[],
  now: number,
): void {
  const everybody = all.map(({ connection }) => connection);
  const grants = shared.divide(rule, { limit: rule.limit, fair: 1, now }, everybody);
  for (const { connection, limit } of grants)
    all.find((each) => each.connection === connection)!.lease(limit, now);
  const leased = all.reduce((sum, { share }) => sum + share, 0);
  expect(Math.max(leased, shared.leased)).toBeLessThanOrEqual(rule.limit * (1 + 1e-9));
}

/** Instances and the server for a while; answers how many calls went in each second. */
function run(
  rule: LimitRule & { limit: number },
  instances: readonly Instance[],
  seconds: number,
  seed: number,
  shared = new SharedLimit('guard/rule', 'pay', 'rpc', 0),
  fromMs = 0,
): number[] {
  const draw = seededDraw(seed);
  const perSecond: number[] = [];
  let before = instances.reduce((sum, each) => sum + each.admitted, 0);
  for (let nowMs = fromMs; nowMs < fromMs + seconds * 1000; nowMs++) {
    for (const instance of instances) {
      if (draw() < instance.perSecond / 1000) instance.call(nowMs);
      instance.report(shared, nowMs, draw);
    }
    if (nowMs % 500 === 499) settle(rule, shared, instances, nowMs);
    if (nowMs % 1000 !== 999) continue;
    const admitted = instances.reduce((sum, each) => sum + each.admitted, 0);
    perSecond.push(admitted - before);
    before = admitted;
  }
  return perSecond;
}

const meanOf = (numbers: readonly number[]): number =>
  numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

describe('a limit of the cluster', () => {
  it.each([
    ['one of ten has nearly all calls', [400, 5, 5, 5, 5, 5, 5, 5, 5, 5]],
    ['two have most, some have none', [150, 120, 20, 10, 0, 0, 0, 3, 3, 3]],
    ['all have the same', [30, 30, 30, 30, 30, 30, 30, 30, 30, 30]],
    ['each has another share', [200, 100, 60, 40, 25, 15, 10, 5, 2, 1]],
  ])('is used to within 5 %% when %s', (_, demands) => {
    const rule = bucket(100);
    const instances = demands.map((perSecond) => new Instance(rule, perSecond));
    // Buckets start full of the whole limit; after two seconds that is used up.
    const admitted = run(rule, instances, 45, 5).slice(5);
    expect(meanOf(admitted)).toBeGreaterThan(95);
    expect(meanOf(admitted)).toBeLessThan(105);
    const tens = admitted.slice(9).map((_, i) => meanOf(admitted.slice(i, i + 10)));
    expect(Math.min(...tens)).toBeGreaterThan(93);
    expect(Math.max(...tens)).toBeLessThan(105);
  });

  it('follows demand that moves to another instance', () => {
    const rule = bucket(100);
    const instances = [new Instance(rule, 400), new Instance(rule, 5), new Instance(rule, 0)];
    const shared = new SharedLimit('guard/rule', 'pay', 'rpc', 0);
    run(rule, instances, 6, 1, shared);
    const [a, b, c] = instances as [Instance, Instance, Instance];
    expect(a.share).toBeGreaterThan(80);
    expect(b.share).toBeLessThan(10);
    a.perSecond = 0;
    c.perSecond = 400;
    const admitted = run(rule, instances, 14, 2, shared, 6000).slice(4);
    expect(meanOf(admitted)).toBeGreaterThan(95);
    expect(meanOf(admitted)).toBeLessThan(105);
    expect(c.share).toBeGreaterThan(80);
  });

  it.each([
    ['a token bucket', { algorithm: 'tokenBucket' }],
    ['a meter', { algorithm: 'leakyBucket', maxQueueMs: 0 }],
    ['a warm-up', { algorithm: 'warmUp', limit: 10, warmUpSec: 10 }],
  ])('is never more than it was for one, however demand swings, for %s', (_, algorithm) => {
    const rule = { ...bucket(600), intervalMs: 60_000, ...algorithm } as LimitRule & { limit: number };
    const instances = [new Instance(rule, 20), new Instance(rule, 0.4)];
    for (const instance of instances) instance.lease(rule.limit / 8, 0);
    const shared = new SharedLimit('guard/rule', 'pay', 'rpc', 0);
    let admitted = 0;
    for (let swing = 0; swing < 10; swing++) {
      const seconds = run(rule, instances, 30, swing, shared, swing * 30_000);
      admitted += seconds.reduce((sum, each) => sum + each, 0);
      for (const instance of instances) instance.perSecond = 20.4 - instance.perSecond;
    }
    // Five minutes at ten a second, and what is there at the beginning.
    expect(admitted).toBeLessThanOrEqual(3000 + rule.limit / 4);
    expect(admitted).toBeGreaterThan(2250);
  });

  it('frees the share of who has gone', () => {
    const rule = bucket(100);
    const shared = new SharedLimit('guard/rule', 'pay', 'rpc', 0);
    const [a, b] = [{} as Connection, {} as Connection];
    const divide = (now: number, everybody: Connection[]) => {
      for (const each of everybody) shared.wish(each, 100, now);
      return shared.divide(rule, { limit: 100, fair: 50, now }, everybody);
    };
    for (let turn = 1; turn <= 6; turn++) divide(turn * 500, [a, b]);
    expect(shared.leased).toBeCloseTo(100, 6);
    shared.gone(a);
    expect(shared.leased).toBeCloseTo(50, 0);
    const grants = divide(4000, [b]);
    expect(grants.map(({ connection, limit, fair }) => [connection === b, Math.round(limit), fair])).toEqual([
      [true, 100, 50],
    ]);
  });

  it('takes nothing from anybody because it was held up itself', () => {
    const rule = bucket(100);
    const shared = new SharedLimit('guard/rule', 'pay', 'rpc', 0);
    const [a, b] = [{} as Connection, {} as Connection];
    const look = (now: number) => shared.divide(rule, { limit: 100, fair: 50, now }, [a, b]);
    for (let now = 500; now <= 5000; now += 500) {
      shared.wish(a, 200, now);
      look(now);
    }
    const { rate } = shared;
    look(8000);
    expect(shared.rate).toBe(rate);
    for (let n = 0; n < 6; n++) shared.wish(a, 200, 8001);
    look(8500);
    expect(shared.rate).toBeGreaterThan(rate * 0.9);
    expect(shared.rate).toBeLessThan(rate * 1.1);
    for (let now = 9000; now <= 10_000; now += 500) look(now);
    expect(shared.rate).toBe(0);
  });

  it('says nothing new while nothing has changed, and repeats itself in time', () => {
    const rule = bucket(100);
    const shared = new SharedLimit('guard/rule', 'pay', 'rpc', 0);
    const everybody = [{} as Connection, {} as Connection];
    let told = 0;
    for (let turn = 1; turn <= 40; turn++) {
      for (const each of everybody) shared.wish(each, 50, turn * 500);
      told += shared.divide(rule, { limit: 100, fair: 50, now: turn * 500 }, everybody).length;
    }
    // Twenty seconds: once at first, and then every four.
    expect(told).toBeGreaterThanOrEqual(2 * 4);
    expect(told).toBeLessThanOrEqual(2 * 8);
  });

  it('divides whole calls for what counts them one by one', () => {
    const rule: LimitRule = {
      ...bucket(10),
      algorithm: 'slidingWindow',
      limit: 10,
      windowMs: 1000,
    } as LimitRule;
    const shared = new SharedLimit('guard/rule', 'pay', 'rpc', 0);
    const everybody = [{} as Connection, {} as Connection, {} as Connection];
    for (let turn = 1; turn <= 8; turn++) {
      for (const each of everybody) shared.wish(each, 20, turn * 500);
      const division = { limit: 10, fair: 3, now: turn * 500 };
      for (const { limit } of shared.divide(rule, division, everybody))
        expect(Number.isInteger(limit)).toBe(true);
    }
    expect(shared.leased).toBeLessThanOrEqual(10);
    expect(shared.leased).toBeGreaterThanOrEqual(9);
  });
});
