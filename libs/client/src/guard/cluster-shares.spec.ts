import { describe, expect, it } from '@jest/globals';
import type { Rule } from '@sluice/core';
import { Notices } from '../notices/notices.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { CallDoor } from './call-door.ts';
import { CallGuard } from './call-guard.ts';
import { ClusterShares } from './cluster-shares.ts';

const limitOn = (value: string, limit: number, more: object = {}): Rule =>
  ({
    kind: 'limit',
    resource: { match: 'prefix', value },
    mode: 'intercept',
    // It counts what was taken whatever its limit becomes, so that each new share shows.
    algorithm: 'slidingWindow',
    limit,
    windowMs: 86_400_000,
    scope: 'cluster',
    ...more,
  }) as Rule;

function bench(rules: Readonly<Record<string, Rule>>) {
  const clock = manualClock();
  const guard = new CallGuard({ clock, notices: new Notices(false, clock, 'en'), context: false });
  const shares = new ClusterShares(guard.core, clock);
  const load = (next: Readonly<Record<string, Rule>>): void => {
    guard.load(next, 1);
    shares.follow(next);
  };
  load(rules);
  const door = new CallDoor(guard);
  const passed = (resource: string): number => {
    for (let n = 0; ; n++)
      try {
        door.entry(resource).exit();
      } catch {
        return n;
      }
  };
  const lease = (resource: string, limit: number, fair: number): void =>
    shares.take({ ttlMs: 1000, leases: [{ rule: 'r/pay', resource, type: 'method', limit, fair }] });
  return { clock, load, shares, passed, lease, door };
}

describe('the share of a cluster limit', () => {
  it('is a small one before the first lease, so that many new instances stay below the limit', () => {
    const { passed } = bench({ 'r/pay': limitOn('pay', 80), 'r/few': limitOn('few', 3) });
    expect(passed('pay')).toBe(10);
    // One call at least, or nobody would ever ask for a lease.
    expect(passed('few')).toBe(1);
  });

  it('is divided by the instances of which leases tell, at resources that have none yet', () => {
    const { passed, lease } = bench({ 'r/pay': limitOn('pay', 80), 'r/ship': limitOn('ship', 100) });
    lease('pay', 50, 20);
    expect(passed('pay')).toBe(50);
    expect(passed('pay.later')).toBe(20);
    expect(passed('ship')).toBe(25);
  });

  it('is the fair one after a lease has run out, and all of it once the limit is no longer shared', async () => {
    const { clock, load, shares, passed, lease } = bench({ 'r/pay': limitOn('pay', 80) });
    lease('pay', 5, 40);
    expect(passed('pay')).toBe(5);
    await clock.advance(1001);
    shares.look();
    expect(passed('pay')).toBe(35);
    load({ 'r/pay': limitOn('pay', 80, { scope: 'instance' }) });
    expect(passed('pay')).toBe(40);
    expect(passed('pay.other')).toBe(80);
  });

  it('follows a changed limit at once, also where no server says how', async () => {
    const { clock, load, shares, passed, lease } = bench({ 'r/pay': limitOn('pay', 1000) });
    lease('pay', 600, 250);
    load({ 'r/pay': limitOn('pay', 10) });
    expect(passed('pay')).toBe(6);
    await clock.advance(1001);
    shares.look();
    await clock.advance(86_400_000);
    expect(passed('pay')).toBeLessThanOrEqual(3);
  });

  it('lets one call be under way at least, however many instances there are', () => {
    const jobs = { algorithm: 'concurrency', max: 2, limit: undefined, intervalMs: undefined };
    const { door, lease } = bench({ 'r/pay': limitOn('pay', 0, jobs) });
    lease('pay', 0.25, 0.25);
    const held = door.entry('pay');
    expect(() => door.entry('pay')).toThrow('limit');
    held.exit();
    door.entry('pay').exit();
  });

  it('is the same part of what a policy sets for the whole cluster, until it sets nothing more', async () => {
    const { clock, load, shares, passed, lease } = bench({ 'r/pay': limitOn('pay', 80) });
    shares.adjust('r/pay', 40);
    expect(passed('pay')).toBe(5);
    lease('pay', 60, 20);
    expect(passed('pay')).toBe(25);
    expect(passed('pay.later')).toBe(10);
    load({ 'r/pay': limitOn('pay', 100) });
    expect([passed('pay'), passed('pay.later')]).toEqual([0, 0]);
    shares.adjust('r/pay', 60);
    lease('pay', 75, 25);
    expect(passed('pay')).toBe(15);
    await clock.advance(1001);
    shares.look();
    expect(passed('pay')).toBe(0);
    load({ 'r/pay': limitOn('pay', 100, { scope: 'instance' }) });
    expect(passed('pay')).toBe(15);
    load({ 'r/pay': limitOn('pay', 100) });
    expect(passed('pay')).toBe(0);
    shares.adjust('r/pay', undefined);
    lease('pay', 75, 25);
    expect(passed('pay')).toBe(15);
  });

  it('is nothing of what a policy shuts', () => {
    const jobs = { algorithm: 'concurrency', max: 8, limit: undefined, intervalMs: undefined };
    const { door, lease, shares } = bench({ 'r/pay': limitOn('pay', 0, jobs) });
    shares.adjust('r/pay', 0);
    expect(() => door.entry('pay')).toThrow('limit');
    lease('pay', 4, 4);
    expect(() => door.entry('pay')).toThrow('limit');
    shares.adjust('r/pay', undefined);
    door.entry('pay').exit();
  });
});
