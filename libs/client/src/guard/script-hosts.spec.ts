import { describe, expect, it } from '@jest/globals';
import type { ScriptRule } from '@sluice/core';
import type { ScriptHost } from '@sluice/scripts';
import { placesOf, ScriptHosts } from './script-hosts.ts';

const scriptOf = (role: ScriptRule['role'], mode: ScriptRule['mode']) => ({ role, mode }) as ScriptRule;
const ruling = scriptOf('decide', 'intercept');
const watching = scriptOf('decide', 'monitor');
const policy = scriptOf('policy', 'intercept');
const answering = scriptOf('fallback', 'intercept');

describe('the places of scripts', () => {
  it.each<[string, Record<string, ScriptRule>, Record<string, string>]>([
    ['rule', { ruling, answering }, { ruling: 'awaited', answering: 'awaited' }],
    ['only watch', { watching }, { watching: 'awaited' }],
    ['watch beside one that rules', { ruling, watching }, { ruling: 'awaited', watching: 'beside' }],
    ['watch beside one that answers', { answering, watching }, { answering: 'awaited', watching: 'beside' }],
    ['set limits', { policy, ruling }, { policy: 'beside', ruling: 'awaited' }],
    ['set limits alone', { policy }, { policy: 'beside' }],
  ])('are apart for those that nobody waits for, where they %s', (_, scripts, places) => {
    expect(Object.fromEntries(placesOf(new Map(Object.entries(scripts))))).toEqual(places);
  });
});

describe('the hosts of scripts', () => {
  it('are made when they are needed, and end without a script', () => {
    const made: { spare: boolean; isClosed: boolean }[] = [];
    const hosts = new ScriptHosts(({ spare }) => {
      const host = { spare, isClosed: false, pids: [made.length + 1] };
      made.push(host);
      const close = (): void => {
        host.isClosed = true;
      };
      return Object.assign(host, { close }) as unknown as ScriptHost;
    });
    const beside = hosts.of('beside');
    expect([hosts.of('beside') === beside, hosts.pids]).toEqual([true, [1]]);
    hosts.of('awaited');
    expect([hosts.pids, made.map(({ spare }) => spare)]).toEqual([
      [2, 1],
      [false, true],
    ]);
    hosts.keepOnly(new Set(['awaited']));
    expect([hosts.pids, made.map(({ isClosed }) => isClosed)]).toEqual([[2], [true, false]]);
    hosts.of('beside');
    expect(hosts.pids).toEqual([2, 3]);
    hosts.keepOnly(new Set());
    expect(made.every(({ isClosed }) => isClosed)).toBe(true);
  });
});
