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
