import { describe, expect, it } from '@jest/globals';
import { predict, type Rule } from '@sluice/core';
import type { Report } from '@sluice/protocol/client';
import type { Clock } from '../env/clock.ts';
import type { Connection } from '../fleet/connection.ts';
import { Recorder } from '../traffic/recorder.ts';
import type { RecordingsOfNodes } from '../traffic/recordings-of-nodes.ts';
import { Recordings } from './recordings.ts';
import { sampledRule } from './sampled-rules.ts';

const place = { environment: 'prod', app: 'orders' };
const [calmMs, endMs] = [5 * 60_000, 10 * 60_000];
const callsAt = (nowMs: number): number => (nowMs < calmMs ? 50 : 5);

function report(nowMs: number): Report {
  const calls = callsAt(nowMs);
  const call = {
    agoMs: 0,
    atMs: nowMs,
    resource: 'pay',
    type: 'rpc',
    inputs: {},
    verdict: 'pass',
    rules: [],
  };
  return {
    seconds: [{ agoMs: 0, resources: [{ passed: calls, blocked: {} }] }],
    calls: Array.from({ length: calls }, () => call),
  } as unknown as Report;
}

/** Thirty instances with 1,000 calls a minute each, then with 100: more than is recorded at first, all of it then. */
function recorded(): Recordings {
  const recorder = new Recorder();
  for (let nowMs = 0; nowMs < endMs; nowMs += 3000)
    for (let n = 0; n < 30; n++)
      recorder.take({ place, instanceId: `i${n}`, bootId: 'boot' } as Connection, report(nowMs), nowMs);
  const nodes = {
    of: async (...[at, fromMs, toMs]: Parameters<RecordingsOfNodes['of']>) => ({
      ...recorder.of(at, fromMs, toMs),
      silent: 0,
    }),
  };
  return new Recordings(nodes as RecordingsOfNodes, { now: () => endMs } as Clock);
}

describe('a recording of a fleet that was busy and is calm', () => {
  it('predicts nothing for calm minutes, and for all of them what comes to all calls', async () => {
    const { calls, sampledByOf, weightOf, wallOffsetMs } = await recorded().read(place, {}, false);
    const rule: Rule = {
      kind: 'limit',
      algorithm: 'slidingWindow',
      limit: 300,
      windowMs: 60_000,
      resource: { match: 'exact', value: 'pay' },
      mode: 'monitor',
    };
    const options = { seed: 1, wallOffsetMs, sampledBy: sampledByOf, scaled: sampledRule, weightOf };
    const { byMinute, share } = predict(rule, calls, options);
    // The window of the last busy minute reaches into the first calm one.
    const calm = byMinute.filter(({ atMs }) => atMs > calmMs + 60_000);
    expect(calm.length).toBeGreaterThan(1);
    expect(calm.map(({ wouldBlock }) => wouldBlock)).toEqual(calm.map(() => 0));
    const whole = Array.from({ length: endMs / 3000 }, (_, i) => 3000 * i).flatMap((atMs) =>
      Array.from(
        { length: callsAt(atMs) },
        () => ({ atMs, resource: 'pay', type: 'rpc', inputs: {}, instance: 'any' }) as const,
      ),
    );
    const truth = predict(rule, whole, { seed: 1, wallOffsetMs: 0 }).share;
    expect(truth).toBeGreaterThan(0.5);
    expect(Math.abs(share - truth)).toBeLessThan(0.02);
  });
});
