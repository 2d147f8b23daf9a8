import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import type { Readings, Rule } from '@sluice/core';
import { manualClock } from '../testing/manual-clock.ts';
import { testSluice } from '../testing/test-sluice.ts';
import { BlockedError } from './blocked-error.ts';
import { processProbe, SystemSampler } from './system-sampler.ts';

const shed = (mode: Rule['mode']): Rule => ({
  kind: 'system',
  resource: { match: 'prefix', value: 'p' },
  mode,
  signal: 'cpu',
  threshold: 0.9,
});

describe('the sampler', () => {
  it('looks once a second while a system rule is in force, and not otherwise', async () => {
    const clock = manualClock();
    const [taken, stops]: [Readings[], string[]] = [[], []];
    const probe = () => ({ read: () => ({ cpu: taken.length / 10 }), stop: () => void stops.push('stop') });
    const sampler = new SystemSampler(clock, probe, (readings) => void taken.push(readings));
    sampler.follow({ a: shed('off') });
    expect(sampler.isRunning).toBe(false);
    sampler.follow({ a: shed('monitor') });
    sampler.follow({ a: shed('intercept'), b: shed('monitor') });
    await clock.advance(2500);
    expect(taken).toEqual([{ cpu: 0 }, { cpu: 0.1 }]);
    sampler.follow({});
    await clock.advance(5000);
    expect([taken.at(-1), taken.length, stops]).toEqual([{}, 3, ['stop']]);
  });

  it('measures this process', async () => {
    const probe = processProbe();
    const until = performance.now() + 60;
    while (performance.now() < until);
    await sleep(30);
    const { cpu, eventLoopLagMs, eventLoopUtilisation, heapBytes } = probe.read();
    probe.stop();
    expect(cpu).toBeGreaterThan(0);
    expect(cpu).toBeLessThanOrEqual(1);
    expect(eventLoopUtilisation).toBeGreaterThan(0);
    expect(eventLoopUtilisation).toBeLessThanOrEqual(1);
    expect(eventLoopLagMs).toBeGreaterThanOrEqual(0);
    expect(heapBytes).toBeGreaterThan(1e6);
  });

  it('has garbage collected where a large heap shuts the process, ever more rarely while that is of no use', async () => {
    const clock = manualClock();
    let [heapBytes, second] = [200, 0];
    const collected: number[] = [];
    const read = () => ({ heapBytes, cpu: ++second });
    const collect = () => void collected.push(second);
    const sampler = new SystemSampler(
      clock,
      () => ({ read, collect, stop: () => undefined }),
      () => undefined,
    );
    const heap = (threshold: number, mode: Rule['mode']): Rule =>
      ({ ...shed(mode), signal: 'heapBytes', threshold }) as Rule;
    sampler.follow({ a: heap(100, 'monitor'), b: heap(300, 'intercept'), c: shed('intercept') });
    await clock.advance(20_000);
    expect(collected).toEqual([]);
    sampler.follow({ a: heap(100, 'intercept'), b: heap(300, 'intercept') });
    await clock.advance(80_000);
    expect(collected).toEqual([30, 50, 90]);
    heapBytes = 99;
    await clock.advance(1000);
    heapBytes = 100;
    await clock.advance(10_000);
    expect(collected.slice(3)).toEqual([111]);
    sampler.stop();
  });

  it('gets garbage of this process collected', () => {
    const probe = processProbe();
    const couldCollect = 'gc' in globalThis;
    const held: { all?: object[] } = { all: Array.from({ length: 500_000 }, (_, i) => ({ i })) };
    const before = probe.read().heapBytes!;
    delete held.all;
    probe.collect!();
    expect(probe.read().heapBytes!).toBeLessThan(before - 5e6);
    expect('gc' in globalThis).toBe(couldCollect);
    probe.stop();
  });

  it('sheds calls of a process that has too much to do', async () => {
    const sluice = testSluice({}, { clock: manualClock() });
    await sluice.rules({ shed: shed('intercept') });
    sluice.system({ cpu: 0.5 });
    sluice.entry('pay').exit();
    sluice.system({ cpu: 0.95 });
    expect(() => sluice.entry('pay')).toThrow(BlockedError);
    await expect(sluice.enter('pay')).rejects.toMatchObject({ code: 'overloaded', httpStatus: 503 });
  });
});
