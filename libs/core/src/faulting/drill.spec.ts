import { describe, expect, it } from '@jest/globals';
import { Entry } from '../guarding/entry.ts';
import { Guard } from '../guarding/guard.ts';
import type { CallInputs } from '../model/call.ts';
import type { FaultRule, Injection } from '../model/fault-rule.ts';
import { Drill } from './drill.ts';
import type { FaultScope } from './fault-scope.ts';
import type { Harm } from './resource-faults.ts';

const anything: FaultScope = { mayWait: true, mayAnswer: true };
const later = '2026-01-01T01:00:00Z';
const wallOffsetMs = Date.UTC(2026, 0, 1);

type More = Partial<Omit<FaultRule, keyof Injection>>;
const fault = (injection: Injection, more: More = {}): FaultRule => ({
  kind: 'fault',
  resource: { match: 'exact', value: 'pay' },
  mode: 'intercept',
  perMillion: 1_000_000,
  deadline: later,
  ...more,
  ...injection,
});
const failing = (more: More = {}): FaultRule => fault({ fault: 'error', message: 'no' }, more);

interface Made {
  readonly budgetPerMillion?: number;
  readonly seed?: number;
  readonly id?: string;
}

function drillOf(faults: Readonly<Record<string, FaultRule>>, made: Made = {}): Drill {
  const drill = new Drill({ id: 'd1', budgetPerMillion: 1_000_000, seed: 42, wallOffsetMs, ...made, faults });
  drill.endsMs = 1e9;
  return drill;
}

function guardOf(...drills: readonly Drill[]): Guard {
  const guard = new Guard({ name: 'g', nowMs: 0, wallOffsetMs, seed: 1 });
  guard.setDrills(drills, 0);
  return guard;
}

interface CallAt {
  readonly resource?: string;
  readonly inputs?: CallInputs;
  readonly nowMs?: number;
  readonly scope?: FaultScope;
}

function call(guard: Guard, { resource = 'pay', inputs = {}, nowMs = 0, scope = anything }: CallAt = {}) {
  const entry = guard.enter(guard.gate(resource, 'method'), inputs, nowMs) as Entry;
  const harm = guard.harm(entry, inputs, nowMs, scope);
  guard.exit(entry, harm?.end ? 'error' : 'success', nowMs);
  return harm;
}

const calls = (guard: Guard, count: number, at: CallAt = {}): (Harm | undefined)[] =>
  Array.from({ length: count }, () => call(guard, at));

describe('a drill', () => {
  it.each([1_000, 37_000, 250_000, 900_000])(
    'breaks %i of a million calls, within what 999 of 1000 runs would',
    (perMillion) => {
      const drill = drillOf({ a: failing({ perMillion }) });
      const guard = guardOf(drill);
      const total = 40_000;
      calls(guard, total);
      const p = perMillion / 1e6;
      const bound = 3.29 * Math.sqrt(total * p * (1 - p));
      const [{ injected, eligible }] = drill.faults as [(typeof drill.faults)[0]];
      expect(eligible).toBe(total);
      expect(Math.abs(injected - total * p)).toBeLessThan(bound);
    },
  );

  it('breaks the same calls for the same seed, whatever else there is, and others for another', () => {
    const brokenWith = (faults: Readonly<Record<string, FaultRule>>, made: Made) =>
      calls(guardOf(drillOf(faults, made)), 500).map((harm) => harm !== undefined);
    const seeded = { a: failing({ perMillion: 200_000, seed: 9 }) };
    const again = brokenWith(seeded, { seed: 1 });
    expect(brokenWith(seeded, { seed: 2, id: 'other' })).toEqual(again);
    expect(brokenWith({ a: failing({ perMillion: 200_000, seed: 10 }) }, {})).not.toEqual(again);
    const unseeded = { a: failing({ perMillion: 200_000 }) };
    expect(brokenWith(unseeded, { seed: 1 })).toEqual(brokenWith(unseeded, { seed: 1 }));
    expect(brokenWith(unseeded, { seed: 2 })).not.toEqual(brokenWith(unseeded, { seed: 1 }));
    const beside = { a: failing({ perMillion: 200_000, seed: 9 }), z: failing({ perMillion: 1 }) };
    expect(brokenWith(beside, {})).toEqual(again);
  });

  it('draws for each resource by itself, and again for each try', () => {
    const everywhere = { match: 'prefix', value: '' } as const;
    const guard = guardOf(drillOf({ a: failing({ perMillion: 500_000, seed: 3, resource: everywhere }) }));
    const at = (resource: string) => calls(guard, 64, { resource }).map((harm) => harm !== undefined);
    const first = at('a');
    expect(at('b')).not.toEqual(first);
    expect(new Set(first).size).toBe(2);
    expect(at('a')).not.toEqual(first);
  });

  it('is over at its end, at the deadline of a fault, and with the kill switch', () => {
    const drill = drillOf({
      short: failing({ deadline: '2026-01-01T00:00:01Z', priority: 0 }),
      long: fault({ fault: 'return', value: 1 }, { priority: 1 }),
    });
    const guard = guardOf(drill);
    expect(call(guard, { nowMs: 999 })?.fault.name).toBe('short');
    expect(call(guard, { nowMs: 1000 })?.fault.name).toBe('long');
    drill.endsMs = 2000;
    expect(call(guard, { nowMs: 1999 })).toBeDefined();
    expect(call(guard, { nowMs: 2000 })).toBeUndefined();
    drill.endsMs = 5000;
    guard.setKillSwitch({ monitorOnly: false, noFaults: true }, 2001);
    expect(call(guard, { nowMs: 2001 })).toBeUndefined();
    expect(guard.gate('pay', 'method').standing.plan.faults).toBeUndefined();
  });

  it('leaves alone what its faults are not about', () => {
    const drill = drillOf({
      a: failing({ when: { on: 'origin', op: 'equals', value: 'shop' } }),
      b: failing({ mode: 'monitor' }),
      c: failing({ resource: { match: 'exact', value: 'pay', type: 'web' } }),
      d: failing({ mode: 'off' }),
    });
    const guard = guardOf(drill);
    const { plan } = guard.gate('pay', 'method').standing;
    expect([plan.readsInputs, plan.faults?.rules.map(({ id }) => id)]).toEqual([true, ['d1/a', 'd1/b']]);
    expect(guard.gate('other', 'method').standing.plan.faults).toBeUndefined();
    expect(call(guard, { inputs: { origin: 'bank' } })).toBeUndefined();
    expect(call(guard, { inputs: { origin: 'shop' } })).toMatchObject({ fault: { id: 'd1/a' } });
    call(guard, { resource: 'other' });
    // A fault that only watches is asked after one that ends the call, so of two calls it sees one.
    expect(drill.faults.map(({ eligible, injected }) => [eligible, injected])).toEqual([
      [1, 1],
      [1, 0],
      [0, 0],
      [0, 0],
    ]);
  });

  it('adds delays up, and stops at the first fault that ends the call', () => {
    const guard = guardOf(
      drillOf({
        slow: fault({ fault: 'delay', delay: { distribution: 'fixed', ms: 100 } }, { priority: 1 }),
        slower: fault({ fault: 'delay', delay: { distribution: 'fixed', ms: 50 } }, { priority: 2 }),
        stall: fault({ fault: 'blockEventLoop', ms: 7 }, { priority: 3 }),
        gone: failing({ priority: 4 }),
        never: fault({ fault: 'hang' }, { priority: 5 }),
      }),
    );
    const harm = call(guard);
    expect(harm).toMatchObject({ holdMs: 150, blockMs: 7, end: { fault: 'error' }, fault: { name: 'gone' } });
    expect(harm?.faults.map(({ name }) => name)).toEqual(['slow', 'slower', 'stall', 'gone']);
    expect(guard.gate('pay', 'method').state.counters.take()).toMatchObject({
      injected: 1,
      error: 1,
      injectedEnds: { success: 0, error: 1, abort: 0 },
    });
  });

  it('lets a hang and a delay last until the deadline of their fault at most', () => {
    const soon = { deadline: '2026-01-01T00:00:10Z' };
    const hang = guardOf(drillOf({ a: fault({ fault: 'hang' }, soon) }));
    expect(call(hang, { nowMs: 4000 })).toMatchObject({ holdMs: 6000, end: { fault: 'hang' } });
    const delay = { distribution: 'fixed', ms: 60_000 } as const;
    const delayed = guardOf(drillOf({ a: fault({ fault: 'delay', delay }, soon) }));
    expect(call(delayed, { nowMs: 4000 })).toMatchObject({ holdMs: 6000, end: undefined });
  });

  it('counts what it can’t do to a call, and does it not', () => {
    const drill = drillOf({
      delay: fault({ fault: 'delay', delay: { distribution: 'fixed', ms: 1 } }),
      grpc: fault({ fault: 'abort', protocol: 'grpc', status: 14 }),
      hang: fault({ fault: 'hang' }),
      value: fault({ fault: 'return', value: 1 }),
    });
    const guard = guardOf(drill);
    expect(call(guard, { scope: { mayWait: false, mayAnswer: false, protocol: 'http' } })).toBeUndefined();
    expect(drill.faults.map(({ notInjectable, injected }) => [notInjectable, injected])).toEqual(
      Array(4).fill([1, 0]),
    );
    expect(call(guard)?.end).toMatchObject({ fault: 'abort' });
  });

  it('never breaks more than its budget, whatever the faults draw', () => {
    const drill = drillOf(
      { a: failing(), b: failing({ resource: { match: 'prefix', value: 'p' } }) },
      {
        budgetPerMillion: 100_000,
      },
    );
    const guard = guardOf(drill);
    let broken = 0;
    for (let nowMs = 0; nowMs < 20_000; nowMs += 10)
      if (call(guard, { nowMs, resource: nowMs % 20 ? 'pay' : 'post' })) broken += 1;
    expect(broken).toBeGreaterThan(190);
    expect(broken).toBeLessThanOrEqual(200);
    const [a, b] = drill.faults;
    expect(a!.injected + b!.injected).toBe(broken);
    expect(a!.overBudget).toBeGreaterThan(500);
  });

  it('pays once for a call that meets several of its faults, and apart from other drills', () => {
    const slow = fault({ fault: 'delay', delay: { distribution: 'fixed', ms: 1 } });
    const [one, two] = [
      drillOf({ a: slow, b: slow }, { budgetPerMillion: 500_000 }),
      drillOf({ c: slow }, { id: 'd2', budgetPerMillion: 250_000 }),
    ];
    const guard = guardOf(one, two);
    const drawn = calls(guard, 8).map((harm) => harm?.faults.length ?? 0);
    expect(drawn).toEqual([0, 2, 0, 3, 0, 2, 0, 3]);
  });

  it('knows what callers saw', () => {
    const drill = drillOf({ a: failing({ perMillion: 1 }) });
    const guard = guardOf(drill);
    guard.load(
      {
        limit: {
          kind: 'limit',
          algorithm: 'tokenBucket',
          limit: 3,
          intervalMs: 1e6,
          resource: { match: 'exact', value: 'pay' },
          mode: 'intercept',
        },
      },
      1,
      0,
    );
    const gate = guard.gate('pay', 'method');
    const [a, b, c, d] = [0, 1, 2, 3].map(() => guard.enter(gate, {}, 0));
    guard.exit(a as Entry, 'success', 1);
    guard.exit(b as Entry, 'error', 1);
    gate.standing.plan.faults?.answered('error');
    guard.setDrills([], 2);
    guard.exit(c as Entry, 'abort', 3);
    expect(d instanceof Entry).toBe(false);
    guard.enter(gate, {}, 3);
    expect(drill.callers).toEqual({ ok: 1, error: 0, degraded: 1, blocked: 1, abandoned: 1 });
  });
});
