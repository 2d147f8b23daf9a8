import { hostname } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { instanceIdOf, isOneOfSeveral, podName } from './identity.ts';

describe('identity', () => {
  it('is the pod, then the host with the number of its slot', () => {
    expect(podName({ POD_NAME: 'order-7f' })).toBe('order-7f');
    expect(podName({ KUBERNETES_SERVICE_HOST: '10.0.0.1', HOSTNAME: 'order-8a' })).toBe('order-8a');
    expect(podName({ HOSTNAME: 'laptop' })).toBeUndefined();
    expect(instanceIdOf('order-7f', 0, 'boot')).toBe('order-7f');
    expect(instanceIdOf('order-7f', 1, 'boot')).toBe('order-7f-1');
    expect(instanceIdOf(undefined, 0, 'boot')).toBe(`${hostname()}-0`);
  });

  it('without a slot is still unlike that of a sibling', () => {
    expect(instanceIdOf(undefined, undefined, 'aaaaaaaa-1')).not.toBe(
      instanceIdOf(undefined, undefined, 'bbbbbbbb-1'),
    );
  });

  it('in a pod without a slot is the pod, but for one of several processes there', () => {
    expect(instanceIdOf('order-7f', undefined, 'aaaaaaaa-1', false)).toBe('order-7f');
    const [one, other] = ['aaaaaaaa-1', 'bbbbbbbb-1'].map((boot) =>
      instanceIdOf('order-7f', undefined, boot, true),
    );
    expect([one, other]).toEqual(['order-7f-aaaaaaaa', 'order-7f-bbbbbbbb']);
    expect(isOneOfSeveral({})).toBe(false);
    expect(isOneOfSeveral({ NODE_APP_INSTANCE: '0' })).toBe(false);
    expect(isOneOfSeveral({ NODE_APP_INSTANCE: '1' })).toBe(true);
  });
});
