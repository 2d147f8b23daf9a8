import { type ClientFrame, clientFrames } from '@sluice/protocol/client';
import { placed, placesIn } from '../bad-input/places-in.ts';
import { ackOf, helloOf, nothing } from './hostile-links.ts';

type Event = keyof typeof clientFrames;
export const events = Object.keys(clientFrames) as Event[];

const pay = { resource: 'pay', type: 'rpc' as const };
const count = { passed: 1, wouldBlock: 0, success: 1, errors: 0, degraded: 0, injected: 0, active: 0 };
const state = { epoch: 0, revision: 0, rootDigest: nothing };
const limits = { name: 'limits', digest: nothing };
const tally = { eligible: 2, injected: 1, overBudget: 0, notInjectable: 0, held: 0, released: 0 };
const callers = { ok: 1, error: 0, degraded: 0, blocked: 0, abandoned: 0 };

/**
 * One frame for each event that a client may send, with every optional field filled, so that each of them can be
 * spoilt. An event without one doesn't compile, and is found missing when this runs.
 */
const soundFrames: { readonly [Name in Event]: ClientFrame<Name> } = {
  hello: helloOf('spoilt', {
    environment: 'prod',
    app: 'orders',
    labels: { zone: 'a' },
    namespaces: [{ ...limits, revision: 1 }],
  }) as ClientFrame<'hello'>,
  ack: ackOf(0, {
    namespaces: [{ ...limits, pushId: 'p', state: 'rejected', error: 'no' }],
  }) as ClientFrame<'ack'>,
  state: { probeId: 1, ...state, namespaces: [{ ...limits, revision: 1 }] },
  heartbeat: { ...state, ready: 'live', cache: 'ok' },
  prepared: { prepareId: 1, vetoes: [{ name: 'limits', error: 'no' }] },
  killed: { version: 1 },
  report: {
    sequence: 1,
    seconds: [
      {
        agoMs: 0,
        resources: [
          {
            ...pay,
            ...count,
            blocked: { limited: 1 },
            latency: [[3, 1]],
            rules: [{ rule: 'guard/pay', blocked: 1, wouldBlock: 0 }],
          },
        ],
      },
    ],
    breakers: [{ rule: 'guard/pay', ...pay, from: 'closed', to: 'open', reason: 'errors', agoMs: 1 }],
    open: [{ rule: 'guard/pay', ...pay, state: 'open' }],
    calls: [
      {
        agoMs: 1,
        atMs: 1,
        mayWait: true,
        ...pay,
        inputs: { origin: 'shop' },
        verdict: 'pass',
        outcome: 'success',
        durationMs: 1,
        rules: ['guard/pay'],
      },
    ],
    seed: 1,
    leases: [{ rule: 'guard/pay', ...pay, calls: 1 }],
    scripts: [{ rule: 'guard/pay', state: 'failing', error: 'no', agoMs: 1 }],
  },
  explained: { askId: 1, block: { code: 'limited' } },
  faultState: {
    bootId: 'spoilt-boot',
    version: 1,
    drills: [
      {
        drillId: 'd',
        state: 'ended',
        endedBecause: 'deadline',
        endedAgoMs: 1,
        error: 'no',
        activeMs: 1,
        seed: 7,
        faults: [{ fault: 'slow', ...tally }],
        callers,
      },
    ],
  },
};

/** JSON as text, because half of these cannot be made by `JSON.stringify`. */
const wrongValues = [
  ...['null', 'true', '"5"', '5', '[]', '["a"]', '{}', '1e400', '-1', '1.5', '9007199254740993', '""'],
  ...['"a\\u0000b"', '"\\ud800"', '"__proto__"', '{"__proto__":{"a":1}}', JSON.stringify('a'.repeat(10_000))],
];

/** The frame of an event with every wrong value at every place: those that its check refuses, and the rest. */
export function spoiltFrames(event: Event): { sound: string; refused: string[]; taken: string[] } {
  const frame = soundFrames[event];
  clientFrames[event].parse(frame);
  const texts = [...placesIn(frame)].flatMap(({ path }) =>
    wrongValues.map((text) => placed(frame, path, text)),
  );
  const { true: taken = [], false: refused = [] } = Object.groupBy(
    new Set(texts),
    (text) => `${clientFrames[event].safeParse(JSON.parse(text)).success}`,
  );
  return { sound: JSON.stringify(frame), refused, taken };
}
