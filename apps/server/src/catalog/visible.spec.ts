import { describe, expect, it } from '@jest/globals';
import type { Grant } from '@sluice/protocol';
import { type Caller, theServer } from '../http/caller.ts';
import { readableApps, requireAppEverywhere, seesApp, seesEnvironment } from './visible.ts';

const callerWith = (...grants: Grant[]): Caller => ({
  ...theServer,
  principal: { kind: 'user', id: 'u', name: 'vera', grants },
});

describe('what a caller may see', () => {
  const vera = callerWith(
    { role: 'viewer', environment: 'prod', app: 'orders' },
    { role: 'auditor', environment: 'prod', app: '*' },
    { role: 'editor', environment: 'staging', app: '*' },
  );

  it('are the environments and apps of any of her roles', () => {
    expect(['prod', 'staging', 'test'].filter((e) => seesEnvironment(vera, e))).toEqual(['prod', 'staging']);
    expect(seesApp(callerWith({ role: 'viewer', environment: 'prod', app: 'orders' }), 'accounts')).toBe(
      false,
    );
  });

  it('are the changes of apps whose configs she may read: an auditor reads none', () => {
    expect(readableApps(vera, 'prod')).toEqual(['orders']);
    expect(readableApps(vera, 'staging')).toBe('all');
    expect(readableApps(vera, 'test')).toEqual([]);
  });

  it('an app is managed only by who may in all environments', () => {
    expect(() =>
      requireAppEverywhere(callerWith({ role: 'admin', environment: 'prod', app: '*' }), 'x'),
    ).toThrow();
    expect(() =>
      requireAppEverywhere(callerWith({ role: 'admin', environment: '*', app: 'x' }), 'x'),
    ).not.toThrow();
  });
});
