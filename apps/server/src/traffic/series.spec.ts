import { describe, expect, it } from '@jest/globals';
import { seededDraw } from '@sluice/core';
import type { ResourceSecond } from '@sluice/protocol/client';
import { Coverage } from './coverage.ts';
import { Latency } from './latency.ts';
import { minuteMs, Series } from './series.ts';

const beginMs = Date.parse('2026-01-01T00:00:00Z');
const second = (passed: number, bucket: number, active: number): ResourceSecond => ({
  resource: 'pay',
  type: 'rpc',
  passed,
  blocked: passed % 3 === 0 ? { limited: 1 } : {},
  wouldBlock: 0,
  success: passed,
  errors: 0,
  degraded: 0,
  injected: 0,
  active,
  latency: passed > 0 ? [[bucket, passed]] : [],
  rules: [],
});

describe('Series', () => {
  it('comes to what single sums come to, whatever is late, and has nothing where nothing was told', () => {
    const draw = seededDraw(21);
    const series = new Series('pay', 'rpc', beginMs);
    const model = new Map<number, { passed: number; limited: number; active: number }>();
    for (let i = 0; i < 3000; i++) {
      // Five minutes of reports from ten instances, some of them up to a minute late, with holes.
      const atMs = beginMs + Math.floor(i / 10) * 1000 - (draw() < 0.1 ? Math.floor(draw() * 60) * 1000 : 0);
      if (atMs < beginMs || Math.floor(atMs / 1000) % 7 === 0) continue;
      const told = second(Math.floor(draw() * 20), 30 + Math.floor(draw() * 40), Math.floor(draw() * 5));
      series.add(atMs, told, `i${i % 10}`);
      const sum = model.get(atMs) ?? { passed: 0, limited: 0, active: 0 };
      model.set(atMs, sum);
      sum.passed += told.passed;
      sum.limited += told.blocked.limited ?? 0;
      sum.active += told.active;
    }
    for (let atMs = beginMs; atMs < beginMs + 300_000; atMs += 1000) {
      const tally = series.seconds.tally(atMs / 1000);
      const sum = model.get(atMs);
      if (!sum) expect(tally).toBeUndefined();
      else
        expect(tally).toMatchObject({
          passed: sum.passed,
          active: sum.active,
          blocked: sum.limited > 0 ? { limited: sum.limited } : {},
        });
    }
    const sumOf = (fromMs: number, lengthMs: number): number =>
      [...model].reduce(
        (total, [atMs, { passed }]) => total + (atMs >= fromMs && atMs < fromMs + lengthMs ? passed : 0),
        0,
      );
    for (let atMs = beginMs; atMs < beginMs + 300_000; atMs += 10_000)
      expect(series.tens.tally(atMs / 10_000)?.passed).toBe(sumOf(atMs, 10_000));
    for (const sum of series.sums(minuteMs)) expect(sum.counts[0]).toBe(sumOf(sum.atMs, minuteMs));
  });

  it('forgets what its rings no longer hold', () => {
    const series = new Series('pay', 'rpc', beginMs);
    series.add(beginMs, second(5, 40, 1), 'a');
    series.add(beginMs + 305_000, second(7, 40, 1), 'a');
    expect(series.seconds.tally(beginMs / 1000)).toBeUndefined();
    expect(series.seconds.tally((beginMs + 305_000) / 1000)?.passed).toBe(7);
    // Older than what lies in its place: passed over, not mixed in.
    series.add(beginMs, second(100, 40, 1), 'a');
    expect(series.seconds.tally((beginMs + 305_000) / 1000)?.passed).toBe(7);
    expect(series.instances(beginMs + 306_000).get('a')?.[0]).toBe(7);
    expect(series.instances(beginMs + 500_000).size).toBe(0);
  });
});

describe('Latency', () => {
  it('has its quantiles at most a quarter above the truth', () => {
    const draw = seededDraw(4);
    const latency = new Latency();
    expect(latency.quantiles()).toEqual({});
    for (let i = 0; i < 500; i++) latency.add([[Math.floor(draw() * 80), 1]]);
    const { p50Ms, p90Ms, p99Ms } = latency.quantiles() as Record<string, number>;
    expect(p50Ms!).toBeLessThanOrEqual(p90Ms!);
    expect(p90Ms!).toBeLessThanOrEqual(p99Ms!);
    const other = new Latency();
    other.merge(latency);
    expect(other.quantiles()).toEqual(latency.quantiles());
    expect(other.pairs()).toEqual(latency.pairs());
  });
});

describe('Coverage', () => {
  it('knows who was heard and what is lost, second by second, for an hour', () => {
    const coverage = new Coverage();
    for (const second of [0, 0, 0, 1, 1]) coverage.heard(beginMs / 1000 + second);
    coverage.lost(beginMs + 1000, beginMs + 3000);
    expect(coverage.of(beginMs, beginMs + 1000)).toMatchObject({ instances: 3, lost: 0 });
    expect(coverage.of(beginMs, beginMs + 10_000)).toMatchObject({ instances: 3, lost: 1 });
    expect(coverage.of(beginMs + 2000, beginMs + 3000)).toMatchObject({ instances: 0, lost: 1 });
    expect(coverage.of(beginMs - 5000, beginMs)).toMatchObject({ instances: 0, lost: 0 });
    coverage.heard((beginMs + 3_620_000) / 1000);
    expect(coverage.of(beginMs, beginMs + 1000)).toMatchObject({ instances: 0, lost: 0 });
  });
});
