import { describe, expect, it } from '@jest/globals';
import { namespacePart, resolveReference } from './reference.ts';

describe('a reference', () => {
  const names = ['pay', 'pay.eu', 'order', 'a.b'];

  it.each([
    ['order.timeoutMs', { namespace: 'order', key: 'timeoutMs' }],
    ['order', { namespace: 'order' }],
    ['pay.eu', { namespace: 'pay.eu' }],
    ['pay.eu.rate', { namespace: 'pay.eu', key: 'rate' }],
    ['pay.us.rate', { namespace: 'pay', key: 'us.rate' }],
    ['a.b.c.d', { namespace: 'a.b', key: 'c.d' }],
    ['a.c', undefined],
    ['orders.timeoutMs', undefined],
    ['order.', undefined],
    ['', undefined],
  ])('%s is %j', (text, expected) => {
    expect(resolveReference(text, names)).toEqual(expected);
  });

  it('that needs a key leaves one over', () => {
    expect(resolveReference('pay.eu', names, true)).toEqual({ namespace: 'pay', key: 'eu' });
    expect(resolveReference('order', names, true)).toBeUndefined();
  });

  it('that fits nothing has a part that was meant as the namespace', () => {
    expect(namespacePart('odrer.timeoutMs')).toBe('odrer');
    expect(namespacePart('odrer')).toBe('odrer');
  });
});
