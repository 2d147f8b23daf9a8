import { describe, expect, it } from '@jest/globals';
import type { Rule, Rules } from '../model/rule.ts';
import { Entry } from './entry.ts';
import { Guard } from './guard.ts';
import type { BreakerEvent } from './world.ts';

const at = { resource: { match: 'exact', value: 'pay' }, mode: 'intercept' } as const;
const breaker = (more: object = {}): Rule =>
  ({
    ...at,
    kind: 'breaker',
    strategy: 'errorCount',
    threshold: 1,
    minCalls: 1,
    windowMs: 10_000,
    openMs: 1000,
    probes: 5,
    ...more,
  }) as Rule;
const onePerUser: Rule = { ...at, kind: 'limit', algorithm: 'concurrency', max: 1, per: { by: 'user' } };

/** A guard whose listener makes calls itself. */
class Listened {
  readonly guard: Guard;
  readonly told: string[] = [];
  onBreaker: (event: BreakerEvent) => void = () => undefined;

  constructor(rules: Rules) {
    this.guard = new Guard({
      name: 'i',
      nowMs: 0,
      wallOffsetMs: Date.parse('2026-01-01T00:00:00Z'),
      seed: 1,
      onBreaker: (event) => {
        this.told.push(`${event.from}>${event.to}@${event.atMs}`);
        this.onBreaker(event);
      },
    });
    this.guard.load(rules, 1, 0);
  }

  enter(user: string, nowMs: number): Entry | undefined {
    const verdict = this.guard.enter(this.guard.gate('pay', 'method'), { user }, nowMs);
    return verdict instanceof Entry ? verdict : undefined;
  }

  call(user: string, nowMs: number, outcome: 'success' | 'error' = 'success'): boolean {
    const entry = this.enter(user, nowMs);
    return entry !== undefined && this.guard.exit(entry, outcome, nowMs);
  }
}

describe('a listener to breakers that makes calls', () => {
  it('takes no permit for another user than the call has that made the breaker turn', () => {
    const on = new Listened({ c: onePerUser, b: breaker() });
    on.call('ann', 0, 'error');
    on.onBreaker = ({ to }) => {
      if (to === 'halfOpen') expect(on.call('ops', 1000)).toBe(true);
    };
    expect(on.call('ann', 1000)).toBe(true);
    expect([on.call('ann', 1002), on.call('ops', 1002), on.call('ann', 1002)]).toEqual([true, true, true]);
    expect(on.told).toEqual(['closed>open@0', 'open>halfOpen@1000', 'halfOpen>closed@1002']);
  });

  it('takes nothing from the bucket of another user', () => {
    const bucket: Rule = {
      ...at,
      kind: 'limit',
      algorithm: 'tokenBucket',
      limit: 1,
      intervalMs: 3_600_000,
      per: { by: 'user' },
    };
    const on = new Listened({ t: bucket, b: breaker({ openMs: 10, maxHalfOpenMs: 100 }) });
    on.call('a', 0, 'error');
    expect(on.enter('b', 1000)).toBeDefined();
    let nested: boolean | undefined;
    on.onBreaker = ({ reason }) => {
      if (reason === 'noVerdict') nested = on.call('ops', 2000);
    };
    expect([on.call('ann', 2000), nested]).toEqual([true, true]);
    expect([on.call('ann', 2001), on.call('ops', 2001)]).toEqual([false, false]);
  });

  it('is told of an end when the permits of the call are back', () => {
    const on = new Listened({ c: onePerUser, b: breaker({ probes: 1 }) });
    on.call('ann', 0, 'error');
    let nested: boolean | undefined;
    on.onBreaker = ({ to }) => {
      if (to === 'closed') nested = on.call('ann', 1000);
    };
    expect([on.call('ann', 1000), nested]).toEqual([true, true]);
  });

  it('goes by the rules that made the breaker turn', () => {
    const forced = { state: 'open', until: '2026-01-01T00:00:05Z' };
    const on = new Listened({ b: breaker({ forced }) });
    const nested: boolean[] = [];
    on.onBreaker = () => nested.push(on.call('ops', 1));
    expect([on.call('ann', 1), ...nested]).toEqual([false, false]);
  });

  it('is told everything in order, inside of what made it, whatever it does in between', () => {
    const on = new Listened({ a: breaker(), b: breaker({ mode: 'monitor' }) });
    on.onBreaker = ({ to }) => {
      if (to === 'halfOpen') on.call('ops', 1000);
    };
    on.call('ann', 0, 'error');
    expect(on.told).toEqual(['closed>open@0', 'closed>open@0']);
    on.call('ann', 1000);
    expect(on.told.slice(2)).toEqual(['open>halfOpen@1000', 'open>halfOpen@1000']);
  });
});
