import { describe, expect, it } from '@jest/globals';
import { bothSides } from './item-change.ts';

const rule = { kind: 'limit', limit: 5, resource: { match: 'exact', value: 'pay' }, mode: 'monitor' };

describe('the two sides of a change', () => {
  it('are the values of an item, or the whole of it when only its bounds differ', () => {
    const item = { type: 'number', value: 5 } as const;
    expect(bothSides({ key: 'a', change: 'changed', before: item, after: { ...item, value: 6 } })).toEqual([
      '5',
      '6',
    ]);
    const [before, after] = bothSides({
      key: 'a',
      change: 'changed',
      before: item,
      after: { ...item, max: 9 },
    });
    expect([before, after]).toEqual(['{"type":"number","value":5}', '{"type":"number","value":5,"max":9}']);
  });

  it('are of a rule the fields that differ, as long as they are few', () => {
    const change = { key: 'a', change: 'changed', before: rule } as const;
    expect(bothSides({ ...change, after: { ...rule, mode: 'off' } })).toEqual(['mode=monitor', 'mode=off']);
    expect(bothSides({ ...change, after: { ...rule, limit: 6, burst: 2 } })).toEqual([
      'limit=5 burst=-',
      'limit=6 burst=2',
    ]);
    const other = { ...rule, kind: 'x', a: 1, b: 2, c: 3 };
    expect(bothSides({ ...change, after: other })[0]).toMatch(/^\{"kind":"limit"/);
    expect(bothSides({ key: 'a', change: 'added', after: rule })[0]).toBe('-');
  });
});
