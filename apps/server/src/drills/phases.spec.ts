import { describe, expect, it } from '@jest/globals';
import type { Report } from '@sluice/protocol/client';
import type { Connection } from '../fleet/connection.ts';
import { AppTraffic } from '../traffic/app-traffic.ts';
import { Phases } from './phases.ts';

const place = { environment: 'prod', app: 'shop' };
const beginMs = Date.parse('2026-01-01T00:00:00Z');
const resource = { resource: 'pay', type: 'rpc' as const };

/** A second with so many calls; none: the instance lives, and nobody called. */
const report = (sequence: number, calls: number): Report => {
  const counts = { wouldBlock: 0, errors: 0, degraded: 0, injected: 0, active: 0, rules: [], latency: [] };
  const told = { ...resource, ...counts, passed: calls, blocked: {}, success: calls };
  const seconds = calls > 0 ? [{ agoMs: 0, resources: [told] }] : [];
  return { sequence, seconds, breakers: [], open: [], calls: [], leases: [], scripts: [] };
};

/** What is known before a start at 20.3 s of these seconds; so many of the last are told only after it. */
function before(calls: readonly number[], late = 0) {
  const startedAt = beginMs + 20_300;
  const phases = new Phases();
  const app = new AppTraffic(place, () => true);
  const connection = { place, instanceId: 'a', bootId: 'boot' } as unknown as Connection;
  calls.slice(0, calls.length - late).forEach((count, i) => {
    const nowMs = startedAt - (calls.length - 1 - i) * 1000;
    app.take(connection, report(i + 1, count), nowMs);
    app.sign(connection, nowMs);
  });
  phases.before(app, () => true, startedAt);
  for (const count of calls.slice(calls.length - late)) {
    const times = { nowMs: startedAt + 50, startedAt, endedAt: null };
    phases.take('shop', report(calls.length, count), times, () => true);
  }
  const { passed, seconds } = phases.asData()['before shop rpc pay']!;
  return { passed, seconds };
}

describe('the time before a drill', () => {
  it('is fifteen seconds, with those in which nobody called', () => {
    expect(before(Array.from({ length: 18 }, () => 10))).toEqual({ passed: 150, seconds: 15 });
    const pausing = Array.from({ length: 18 }, (_, i) => (i >= 5 && i < 10 ? 0 : 10));
    expect(before(pausing)).toEqual({ passed: 100, seconds: 15 });
  });

  it('is whole, though its last second is told when the drill has begun', () => {
    expect(
      before(
        Array.from({ length: 18 }, () => 10),
        1,
      ),
    ).toEqual({ passed: 150, seconds: 15 });
    expect(before([10], 1)).toEqual({ passed: 10, seconds: 0.95 });
  });

  it('begins where something is known', () => {
    expect(before([10, 10, 10, 10, 10])).toEqual({ passed: 50, seconds: 5 });
  });
});
