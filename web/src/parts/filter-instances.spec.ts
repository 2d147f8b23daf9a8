import { describe, expect, it } from '@jest/globals';
import type { Instance } from '@sluice/protocol';
import { filterInstances, troubleOf, wordsOf } from './filter-instances.ts';

const instance = (instanceId: string, more: Partial<Instance> = {}): Instance => ({
  instanceId,
  app: 'shop',
  environment: 'prod',
  online: true,
  labels: {},
  sdk: '@sluice/client 0.1.0',
  inSync: true,
  conflict: false,
  cache: 'ok',
  revision: 1,
  startedAt: '2026-01-01T00:00:00Z',
  lastSeenAt: '2026-01-01T00:00:00Z',
  ...more,
});
const all = [
  instance('shop-1', { labels: { zone: 'a' } }),
  instance('shop-2', { labels: { zone: 'b' }, inSync: false }),
  instance('shop-3', { labels: { zone: 'a' }, online: false, inSync: false }),
];
const ids = (text?: string, state?: string): string[] =>
  filterInstances(all, text, state).map((each) => each.instanceId);

describe('filterInstances', () => {
  it('reads lists with the commas and semicolons of both scripts', () => {
    expect(wordsOf('10.0.0.1，10.0.0.2；10.0.0.3、x y')).toEqual([
      '10.0.0.1',
      '10.0.0.2',
      '10.0.0.3',
      'x',
      'y',
    ]);
  });

  it('finds every id of a pasted list, and needs every label', () => {
    expect(ids('shop-1，shop-2')).toEqual(['shop-1', 'shop-2']);
    expect(ids('zone=a')).toEqual(['shop-1', 'shop-3']);
    expect(ids('shop-2 zone=a')).toEqual([]);
  });

  it('filters by state; an unknown one filters nothing', () => {
    expect(ids(undefined, 'offline')).toEqual(['shop-3']);
    expect(ids(undefined, 'differing')).toEqual(['shop-2']);
    expect(ids(undefined, 'no such')).toHaveLength(3);
  });
});

describe('troubleOf', () => {
  it('has first what somebody has to look at, and last what is gone', () => {
    const kinds = [
      instance('two of it', { conflict: true }),
      instance('differs', { inSync: false }),
      instance('no disk', { cache: 'unwritable' }),
      instance('well'),
      instance('gone', { online: false, inSync: false, cache: 'unwritable' }),
    ];
    expect(kinds.map(troubleOf)).toEqual([0, 1, 2, 3, 4]);
  });
});
