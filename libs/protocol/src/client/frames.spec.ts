import { describe, expect, it } from '@jest/globals';
import { rule } from '../model/rule.ts';
import {
  type Ack,
  ack,
  type Hello,
  heartbeat,
  hello,
  linkAuth,
  probe,
  refused,
  state,
  sync,
} from './frames.ts';
import { report } from './report.ts';
import { snapshot } from './snapshot.ts';

const sha = 'a'.repeat(64);
const aHello: Hello = {
  protocol: 1,
  instanceId: 'orders-1',
  bootId: 'b1',
  environment: 'prod',
  app: 'orders',
  labels: { zone: 'a' },
  sdk: 'sluice-node/0.1.0',
  startedAt: '2026-01-31T12:00:00.000Z',
  ready: 'snapshot',
  cache: 'ok',
  epoch: 1,
  revision: 57,
  rootDigest: sha,
  namespaces: [{ name: 'limits', digest: sha }],
};
const anAck: Ack = {
  deliveryId: 1,
  epoch: 1,
  revision: 58,
  rootDigest: sha,
  stage: 'listened',
  namespaces: [{ name: 'limits', digest: sha, pushId: 'p1', state: 'applied' }],
  ms: 3.5,
};
const layer = {
  id: 'l',
  kind: 'global',
  order: 0,
  revision: 58,
  digest: sha,
  sizeBytes: 2,
  body: '{}',
} as const;
const namespace = { name: 'limits', kind: 'map', revision: 58, digest: sha, layers: [layer] } as const;
const aSync = {
  deliveryId: 1,
  epoch: 1,
  revision: 58,
  rootDigest: sha,
  changed: [namespace],
  removed: ['old'],
};

describe('the frames of the link', () => {
  it('give back what they were given', () => {
    expect(linkAuth.parse({ token: 't', protocol: 1 })).toEqual({ token: 't', protocol: 1 });
    expect(hello.parse(aHello)).toEqual(aHello);
    expect(ack.parse(anAck)).toEqual(anAck);
    expect(sync.parse(aSync)).toEqual(aSync);
    const { deliveryId: _, removed: __, changed, ...rest } = aSync;
    expect(snapshot.parse({ ...rest, namespaces: changed })).toEqual({ ...rest, namespaces: changed });
    const held = {
      probeId: 4,
      epoch: 1,
      revision: 58,
      rootDigest: sha,
      namespaces: [{ name: 'limits', digest: sha }],
    };
    expect(state.parse(held)).toEqual(held);
    expect(probe.parse({ probeId: 4 })).toEqual({ probeId: 4 });
    const beat = { epoch: 1, revision: 58, rootDigest: sha, ready: 'live', cache: 'unwritable' };
    expect(heartbeat.parse(beat)).toEqual(beat);
    const refusal = { code: 'unauthenticated', message: 'no', retry: false };
    expect(refused.parse(refusal)).toEqual(refusal);
  });

  it('pass over fields of a newer peer', () => {
    expect(hello.parse({ ...aHello, later: 1 })).toEqual(aHello);
    expect(sync.parse({ ...aSync, later: 1 })).toEqual(aSync);
  });

  it.each<[string, object]>([
    ['no instance id', { ...aHello, instanceId: '' }],
    ['a label whose name is none', { ...aHello, labels: { 'a b': 'x' } }],
    ['a digest that is none', { ...aHello, rootDigest: 'x' }],
    ['a revision below zero', { ...aHello, revision: -1 }],
    [
      'more namespaces than anybody has',
      { ...aHello, namespaces: new Array(1001).fill({ name: 'a', digest: sha }) },
    ],
    ['a state of the disk that is none', { ...aHello, cache: 'maybe' }],
  ])('refuse a hello with %s', (_, frame) => {
    expect(hello.safeParse(frame).success).toBe(false);
  });

  it('take an ack for nothing held, and one whose error is too long or broken', () => {
    const gone = { ...anAck, namespaces: [{ name: 'old', state: 'applied' }] };
    expect(ack.safeParse(gone).success).toBe(true);
    const failed = ack.parse({
      ...anAck,
      namespaces: [{ name: 'a', state: 'failed', error: `\0${'x'.repeat(5000)}` }],
    });
    expect(failed.namespaces[0]?.error).toBe(`\uFFFD${'x'.repeat(1999)}`);
    expect(ack.safeParse({ ...anAck, namespaces: [{ name: 'a', state: 'pending' }] }).success).toBe(false);
    expect(ack.safeParse({ ...anAck, ms: -1 }).success).toBe(false);
  });

  it('take what a rule may look at, by however long a name', () => {
    const path = 'a'.repeat(256);
    const resource = { match: 'exact', value: 'pay' };
    const per = { by: 'argument', index: 100, path };
    const limit = { kind: 'limit', algorithm: 'tokenBucket', limit: 1, intervalMs: 1000, per };
    expect(rule.safeParse({ ...limit, resource, mode: 'monitor' }).success).toBe(true);
    const call = { agoMs: 1, resource: 'pay', type: 'rpc', verdict: 'pass', rules: [] };
    const calls = [{ ...call, inputs: { [`args[100].${path}`]: 'x' } }];
    expect(report.safeParse({ sequence: 1, seconds: [], calls }).success).toBe(true);
    const script = { kind: 'script', role: 'decide', source: 'x', inputs: [`query:${'q'.repeat(250)}`] };
    expect(rule.safeParse({ ...script, resource, mode: 'monitor' }).success).toBe(true);
    const asked = [{ ...call, inputs: { [script.inputs[0]!]: 'x' } }];
    expect(report.safeParse({ sequence: 1, seconds: [], calls: asked }).success).toBe(true);
  });

  it.each([null, undefined, 1, 'x', [], {}, JSON.parse('{"__proto__":{}}')])(
    'refuse %j without throwing',
    (frame) => {
      for (const type of [linkAuth, hello, ack, state, heartbeat, probe, sync, refused, snapshot])
        expect(type.safeParse(frame).success).toBe(false);
    },
  );
});
