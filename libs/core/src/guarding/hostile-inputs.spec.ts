import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CallInputs } from '../model/call.ts';
import type { Condition } from '../model/condition.ts';
import type { Rule, Rules } from '../model/rule.ts';
import { Entry } from './entry.ts';
import { Guard } from './guard.ts';
import { inputOf, keyOf, type Place } from './input-of.ts';

const resource = { match: 'exact', value: 'pay' } as const;
const odd = (): never => {
  throw new Error('odd');
};
const gone = Proxy.revocable({}, {});
gone.revoke();

/** Makes a value; those that are drawn have to be harmless themselves. */
type Made<T = unknown> = () => T;

/** Values that throw when they are looked at, or when a text is made of them. */
const values: readonly unknown[] = [
  null,
  undefined,
  '',
  'text',
  7,
  Number.NaN,
  10n ** 30n,
  Symbol('s'),
  true,
  odd,
  { toString: '1' },
  { toString: odd, valueOf: odd },
  Object.create(null),
  [],
  [null],
  [{ toString: '1' }],
  [Object.create(null)],
  gone.proxy,
  new Proxy({}, { get: odd, getOwnPropertyDescriptor: odd, has: odd }),
  new Proxy([], { get: odd }),
];
const hostile: fc.Arbitrary<Made> = fc.nat(values.length - 1).map((index) => () => values[index]);
const names = ['a', 'toString', '__proto__'] as const;
/** The same, one step deeper, and behind getters. */
const deeper = (inner: fc.Arbitrary<Made>): fc.Arbitrary<Made> =>
  fc.oneof(
    inner,
    inner.map((made) => () => ({ a: made(), toString: made() })),
    fc.constant(() => Object.defineProperty({}, 'a', { get: odd, enumerable: true })),
    inner.map((made) => () => [made(), made()]),
  );
const fields: fc.Arbitrary<Record<string, Made>> = fc.record(
  {
    origin: hostile,
    user: hostile,
    ip: hostile,
    headers: deeper(hostile),
    query: deeper(hostile),
    tags: deeper(hostile),
    args: deeper(deeper(hostile)),
  },
  { requiredKeys: [] },
);
const inputs: fc.Arbitrary<Made<CallInputs>> = fc.tuple(fields, fc.boolean()).map(([made, isLazy]) => () => {
  const call: CallInputs = {};
  for (const [field, get] of Object.entries(made))
    Object.defineProperty(call, field, isLazy && get() === odd ? { get: odd } : { value: get() });
  return call;
});

const place: fc.Arbitrary<Place> = fc.oneof(
  fc.record({ by: fc.constantFrom('origin' as const, 'user' as const, 'ip' as const) }),
  fc.record({
    by: fc.constantFrom('header' as const, 'query' as const, 'tag' as const),
    name: fc.constantFrom(...names),
  }),
  fc.record(
    { by: fc.constant('argument' as const), index: fc.constantFrom(0, 1), path: fc.constantFrom('a', 'a.a') },
    { requiredKeys: ['by', 'index'] },
  ),
);
const test = fc.constantFrom<object[]>(
  { op: 'equals', value: 'text' },
  { op: 'in', values: [7] },
  { op: 'prefix', value: 't' },
  { op: 'glob', value: 't*' },
  { op: 'atLeast', value: 1 },
  { op: 'atMost', value: 1 },
  { op: 'exists', value: false },
);
const when = fc.tuple(place, test, fc.boolean()).map(([{ by, ...where }, op, isNot]) => {
  const plain = { on: by, ...where, ...op } as never as Condition;
  return isNot ? { not: plain } : plain;
});
const kind = fc.oneof(
  fc.constantFrom<object[]>(
    { kind: 'degrade', share: 0.5 },
    { kind: 'system', signal: 'cpu', threshold: 2 },
    { kind: 'breaker', strategy: 'errorCount', threshold: 2, minCalls: 1, windowMs: 1000, openMs: 1000 },
    { kind: 'access', effect: 'deny', by: 'ip', values: ['10.0.0.0/8'] },
    { kind: 'access', effect: 'allow', by: 'tag', tag: 'a', values: ['text'] },
    { kind: 'access', effect: 'deny', by: 'user', values: ['text'] },
  ),
  fc
    .tuple(
      fc.constantFrom<object[]>(
        { algorithm: 'tokenBucket', limit: 5, intervalMs: 1000 },
        { algorithm: 'leakyBucket', limit: 5, intervalMs: 1000, maxQueueMs: 0 },
        { algorithm: 'slidingWindow', limit: 5, windowMs: 1000 },
        { algorithm: 'concurrency', max: 2 },
        { algorithm: 'warmUp', limit: 5, warmUpSec: 10, coldFactor: 3 },
      ),
      fc.option(place, { nil: undefined }),
    )
    .map(([limit, per]) => ({ kind: 'limit', ...limit, ...(per && { per }) })),
);
const rule = fc
  .tuple(kind, fc.constantFrom('monitor', 'intercept'), fc.option(when, { nil: undefined }))
  .map(([fields, mode, on]) => ({ resource, mode, ...fields, ...(on && { when: on }) }) as Rule);
const rules: fc.Arbitrary<Rules> = fc
  .array(rule, { minLength: 1, maxLength: 5 })
  .map((all) => Object.fromEntries(all.map((one, i) => [`r${i}`, one])));

describe('inputs that cannot be read', () => {
  it('are absent, and no key', () => {
    fc.assert(
      fc.property(inputs, place, (made, where) => {
        const call = made();
        const value = inputOf(where)(call);
        expect(['undefined', 'string', 'number', 'boolean']).toContain(typeof value);
        expect(keyOf(where)(call)).toBe(value === undefined ? '' : String(value));
      }),
    );
  });

  it('fail no call, and leave nothing behind that a call has taken', () => {
    fc.assert(
      fc.property(rules, fc.array(inputs, { minLength: 1, maxLength: 6 }), (some, made) => {
        const calls = made.map((make) => make());
        const guard = new Guard({ name: 'i1', nowMs: 0, wallOffsetMs: 0, seed: 1 });
        guard.load(some, 1, 0);
        const gate = guard.gate('pay', 'method');
        const verdicts = calls.map((call) => guard.enter(gate, call, 0));
        for (const verdict of verdicts) if (verdict instanceof Entry) guard.exit(verdict, 'success', 1);
        expect(gate.state.counters.take().active).toBe(0);
        // All permits of all keys are there again: as many fit in as at first.
        const passed = verdicts.filter((verdict) => verdict instanceof Entry).length;
        const again = calls.map((call) => guard.enter(gate, call, 1e7));
        if (!Object.values(some).some(({ kind: of }) => of === 'degrade'))
          expect(again.filter((verdict) => verdict instanceof Entry).length).toBeGreaterThanOrEqual(passed);
      }),
      { numRuns: 500 },
    );
  });
});
