import { describe, expect, it } from '@jest/globals';
import type { TrafficPoint } from '@sluice/protocol';
import { chartFrame } from './chart-frame.ts';

const startMs = Date.parse('2026-01-31T12:00:00Z');
const point = (sec: number, more: Partial<TrafficPoint> = {}): TrafficPoint => ({
  at: new Date(startMs + sec * 1000).toISOString(),
  passed: 10,
  blocked: { limited: 2, breakerOpen: 1 },
  wouldBlock: 4,
  success: 9,
  errors: 1,
  degraded: 0,
  injected: 0,
  active: 3,
  p50Ms: 5,
  p90Ms: 9,
  p99Ms: 12,
  instances: 2,
  lost: 0,
  opened: 0,
  ...more,
});
const window = { fromMs: startMs, toMs: startMs + 12_000, stepMs: 1000 };

describe('chartFrame', () => {
  it('leaves out what nobody told, and names it as a gap', () => {
    const frame = chartFrame([point(0), point(1), point(5), point(6), point(7)], window);
    expect(frame.xs).toHaveLength(10);
    expect(frame.columns.passed.slice(0, 8)).toEqual([10, 10, null, null, null, 10, 10, 10]);
    expect(frame.gaps).toEqual([{ fromMs: startMs + 2000, toMs: startMs + 5000 }]);
    expect(frame.newestMs).toBe(startMs + 8000);
  });

  it('calls a second without calls zero, and no gap', () => {
    const none = { passed: 0, blocked: {}, wouldBlock: 0, errors: 0, active: 0 };
    const { p50Ms: _, p90Ms: __, p99Ms: ___, ...quiet } = point(1, none);
    const frame = chartFrame([point(0), quiet, ...[2, 3, 4, 5, 6, 7].map((sec) => point(sec))], window);
    expect(frame.columns.passed[1]).toBe(0);
    expect(frame.columns.blocked[1]).toBe(0);
    expect(frame.columns.p99[1]).toBeNull();
    expect(frame.gaps).toEqual([]);
  });

  it('waits for reports of the newest seconds before it calls them missing', () => {
    expect(chartFrame([point(0), point(7)], window).gaps).toEqual([
      { fromMs: startMs + 1000, toMs: startMs + 7000 },
    ]);
    // Of a calm second it is known a few seconds later that it was one.
    expect(chartFrame([point(0)], window).gaps).toEqual([{ fromMs: startMs + 1000, toMs: startMs + 3000 }]);
    expect(chartFrame([], window).gaps).toEqual([{ fromMs: startMs, toMs: startMs + 3000 }]);
  });

  it('counts calls per second whatever a step is, and says where reports are lost in part', () => {
    const frame = chartFrame([point(0, { lost: 1 })], { ...window, toMs: startMs + 12_000, stepMs: 10_000 });
    expect(frame.columns.passed).toEqual([1]);
    expect(frame.columns.blocked).toEqual([0.3]);
    expect(frame.columns.p99).toEqual([12]);
    expect(frame.partial).toBe(true);
  });
});
