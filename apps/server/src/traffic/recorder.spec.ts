import { describe, expect, it } from '@jest/globals';
import type { RecordedCall, Report } from '@sluice/protocol/client';
import type { Connection } from '../fleet/connection.ts';
import { mergedRecorded, minuteOf, packRecorded, sampledBy, standsFor, unpackRecorded } from './recorded.ts';
import { Recorder } from './recorder.ts';

const place = { environment: 'prod', app: 'orders' };
const connections = (count: number): Connection[] =>
  Array.from(
    { length: count },
    (_, n) => ({ place, instanceId: `i${n}`, bootId: 'boot' }) as unknown as Connection,
  );

/** A second in which so many calls came, of which so many were recorded. */
function report(calls: number, recorded: number, nowMs: number): Report {
  const call: RecordedCall = {
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
    calls: Array.from({ length: recorded }, () => call),
  } as unknown as Report;
}

describe('Recorder', () => {
  it('keeps all that a few instances bring, and knows how much of their calls it is', () => {
    const recorder = new Recorder();
    const [busy, calm] = connections(2) as [Connection, Connection];
    for (let nowMs = 0; nowMs < 60_000; nowMs += 1000) {
      recorder.take(busy, report(1000, 100, nowMs), nowMs);
      recorder.take(calm, report(5, 5, nowMs), nowMs);
    }
    const recorded = recorder.of(place, 0, 60_000);
    expect([recorded.calls.length, recorded.countsOf.size]).toEqual([60 * 105, 2]);
    expect(sampledBy(recorded.counts)).toBeCloseTo(1005 / 105, 5);
    const ratios = [...recorded.countsOf].map(([key, counts]) => [key, sampledBy(counts)]);
    expect(Object.fromEntries(ratios)).toEqual({ 'i0 boot': 10, 'i1 boot': 1 });
  });

  it('records some instances of a large fleet whole, for minutes, and the others not at all', () => {
    const recorder = new Recorder();
    const fleet = connections(200);
    const endMs = 9 * 60_000;
    for (let nowMs = 0; nowMs < endMs; nowMs += 1000)
      for (const connection of fleet) recorder.take(connection, report(20, 10, nowMs), nowMs);
    const { calls, counts, countsOf } = recorder.of(place, 0, endMs);
    // All of them would have filled the memory in 25 seconds.
    expect(calls.at(-1)!.wallMs - calls[0]!.wallMs).toBeGreaterThan(120_000);
    expect(countsOf.size).toBeGreaterThan(5);
    expect(countsOf.size).toBeLessThan(80);
    expect(sampledBy(counts)).toBeGreaterThan(8);
    // Whoever is recorded in the last minute is recorded whole.
    const last = recorder.of(place, endMs - 60_000, endMs);
    for (const [, counts] of last.countsOf) expect(sampledBy(counts)).toBeCloseTo(2, 5);
    expect(last.calls.length / last.countsOf.size).toBe(60 * 10);
  });

  it('takes those that were recorded whole for whole, also where they were recorded in calm minutes only', () => {
    const recorder = new Recorder();
    const fleet = connections(30);
    const [calmMs, endMs] = [5 * 60_000, 10 * 60_000];
    for (let nowMs = 0; nowMs < endMs; nowMs += 3000)
      for (const connection of fleet) {
        const calls = nowMs < calmMs ? 50 : 5;
        recorder.take(connection, report(calls, calls, nowMs), nowMs);
      }
    const { countsOf, minutes, calls } = recorder.of(place, 0, endMs);
    expect(countsOf.size).toBe(30);
    expect(new Set([...countsOf.values()].map(sampledBy))).toEqual(new Set([1]));
    // Those of a busy minute stand for all of it, with the instances that nobody recorded.
    const busy = calls.filter(({ wallMs }) => minuteOf(wallMs) === 3);
    expect(busy.length * standsFor(minutes, 3)).toBeCloseTo(30 * 1000, 3);
    expect(busy.length).toBeLessThan(15_000);
    expect(standsFor(minutes, 8)).toBe(1);
  });

  it('goes to another node as it is, and is one with what that has recorded', async () => {
    const [here, there] = [new Recorder(), new Recorder()];
    const [a, b] = connections(2) as [Connection, Connection];
    here.take(a, { ...report(20, 10, 1000), seed: -7 }, 1000);
    there.take(b, report(10, 10, 2000), 2000);
    there.take(a, report(20, 10, 3000), 3000);
    const own = here.of(place, 0, 60_000);
    const sent = await unpackRecorded(await packRecorded(own));
    expect(sent).toEqual({
      ...own,
      calls: own.calls.map(({ call, wallMs, source: { instanceId, key, offsetMs, seed } }) => ({
        call,
        wallMs,
        source: { instanceId, key, offsetMs, seed },
      })),
    });
    const both = mergedRecorded([there.of(place, 0, 60_000), sent], 25);
    expect(both.calls).toHaveLength(25);
    expect(both.calls.every(({ wallMs }, i) => i === 0 || wallMs >= both.calls[i - 1]!.wallMs)).toBe(true);
    expect(both.counts).toEqual({ calls: 50, recorded: 30 });
    expect(both.countsOf.get('i0 boot')).toEqual({ calls: 40, recorded: 20 });
    expect(both.minutes.get(0)).toEqual({ calls: 50, ofRecorded: 50 });
  });

  it('keeps few calls whose arguments are whole documents, of one app and of all together', () => {
    const recorder = new Recorder();
    // Some 2 MB each, in a frame of 120 KB.
    const document = Array.from({ length: 60_000 }, (_, i) => i % 2);
    const call = { agoMs: 0, resource: 'pay', type: 'rpc', verdict: 'pass', rules: [] };
    const brought = {
      seconds: [],
      calls: [{ ...call, inputs: { 'args[0]': { rows: document } } }],
    } as unknown as Report;
    const kept = (app: string): number => recorder.of({ ...place, app }, 0, 60_000).calls.length;
    const take = (app: string): void =>
      recorder.take(
        { place: { ...place, app }, instanceId: 'i', bootId: 'b' } as unknown as Connection,
        brought,
        1,
      );
    for (let n = 0; n < 100; n++) take('orders');
    expect(kept('orders')).toBeGreaterThan(10);
    expect(kept('orders')).toBeLessThan(40);
    for (let app = 0; app < 20; app++) for (let n = 0; n < 40; n++) take(`app-${app}`);
    const all = Array.from({ length: 20 }, (_, app) => kept(`app-${app}`));
    expect(Math.min(...all)).toBeGreaterThan(5);
    expect(all.reduce((sum, each) => sum + each, kept('orders'))).toBeLessThan(300);
  });
});
