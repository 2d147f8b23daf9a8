import { describe, expect, it } from '@jest/globals';
import type { Resource } from '@sluice/protocol';
import { shownResources } from './resource-rows.ts';

const moment = '2026-01-31T12:00:00Z';
const row = (resource: string, passed?: number, errors = 0): Resource => ({
  resource,
  type: 'web',
  firstSeenAt: moment,
  lastSeenAt: moment,
  breakers: [],
  ...(passed !== undefined && {
    minute: {
      passed,
      blocked: {},
      wouldBlock: 0,
      success: passed - errors,
      errors,
      degraded: 0,
      injected: 0,
      active: 0,
      instances: 1,
      seconds: 60,
    },
  }),
});
const rows = [row('GET /a', 100), row('GET /b', 5, 4), row('POST /a'), row('GET /c', 50)];
const names = (filter: Parameters<typeof shownResources>[1]): string[] =>
  shownResources(rows, filter).map((each) => each.resource);
const all = { q: undefined, type: undefined };

describe('shownResources', () => {
  it('has on top what fails, then what is busy, and what is unknown last', () => {
    expect(names(all)).toEqual(['GET /b', 'GET /a', 'GET /c', 'POST /a']);
  });

  it('keeps what has every word and the type', () => {
    expect(names({ ...all, q: 'get /A' })).toEqual(['GET /a']);
    expect(names({ ...all, type: 'rpc' })).toEqual([]);
  });
});
