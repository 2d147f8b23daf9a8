import { describe, expect, it } from '@jest/globals';
import { nearest } from './nearest.ts';

describe('nearest', () => {
  const names = ['order.timeoutMs', 'order.retries', 'pay.fee'];
  it.each([
    ['order.timeOutMs', 'order.timeoutMs'],
    ['order.timoutMs', 'order.timeoutMs'],
    ['oder.retries', 'order.retries'],
    ['pay.fees', 'pay.fee'],
    ['something.else.entirely', undefined],
    ['', undefined],
  ])('%s -> %s', (written, expected) => {
    expect(nearest(written, names)).toBe(expected);
  });
});
