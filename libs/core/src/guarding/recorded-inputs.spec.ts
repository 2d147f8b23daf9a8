import { describe, expect, it } from '@jest/globals';
import { conditionOf } from './condition.ts';
import { recordedInputs } from './recorded-inputs.ts';

describe('recordedInputs', () => {
  it('is read by conditions as the call itself was', () => {
    const inputs = recordedInputs({
      origin: 'shop',
      user: 'u1',
      ip: '10.0.0.1',
      'header:x-tier': 'gold',
      'query:page': '2',
      'tag:zone': 'a',
      'args[1].user.id': 7,
      'args[1].user.name': 'eve',
      'args[0]': true,
    });
    expect(inputs).toMatchObject({ origin: 'shop', user: 'u1', ip: '10.0.0.1' });
    const holds = conditionOf({
      and: [
        { on: 'header', name: 'x-tier', op: 'equals', value: 'gold' },
        { on: 'query', name: 'page', op: 'equals', value: 2 },
        { on: 'tag', name: 'zone', op: 'in', values: ['a', 'b'] },
        { on: 'argument', index: 1, path: 'user.id', op: 'atLeast', value: 7 },
        { on: 'argument', index: 1, path: 'user.name', op: 'prefix', value: 'e' },
        { on: 'argument', index: 0, op: 'equals', value: true },
      ],
    });
    expect(holds(inputs)).toBe(true);
  });

  it('leaves out what no rule could read, and takes special names for data', () => {
    const inputs = recordedInputs({ origin: null, 'stat.qps': 3, 'args[x]': 1, 'args[0].__proto__.a': 1 });
    expect(Object.keys(inputs)).toEqual(['args']);
    expect(({} as { a?: number }).a).toBeUndefined();
    expect(recordedInputs({})).toEqual({});
  });
});
