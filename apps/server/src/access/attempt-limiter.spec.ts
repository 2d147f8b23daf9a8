import { describe, expect, it } from '@jest/globals';
import { AttemptLimiter, addressKey } from './attempt-limiter.ts';

const limit = { failures: 3, windowMs: 1000, maxKeys: 2 };

describe('AttemptLimiter', () => {
  it('refuses after so many failures, until the oldest leaves the window', () => {
    const limiter = new AttemptLimiter(limit);
    for (const at of [0, 100, 200]) {
      limiter.check('a', at);
      limiter.failed('a', at);
    }
    expect(() => limiter.check('a', 300)).toThrow(
      expect.objectContaining({ code: 'too_many_requests', params: { retryAfterSec: 1 } }),
    );
    expect(() => limiter.check('b', 300)).not.toThrow();
    expect(() => limiter.check('a', 1000)).not.toThrow();
  });

  it('takes back what was no failure, and forgets on success', () => {
    const limiter = new AttemptLimiter(limit);
    for (const at of [0, 0, 0]) limiter.failed('a', at);
    limiter.tookBack('a');
    expect(() => limiter.check('a', 1)).not.toThrow();
    limiter.failed('a', 1);
    limiter.forget('a');
    expect(() => limiter.check('a', 1)).not.toThrow();
  });

  it('remembers so many keys and no more', () => {
    const limiter = new AttemptLimiter(limit);
    for (const key of ['a', 'b', 'c']) for (let i = 0; i < 3; i++) limiter.failed(key, i);
    expect(() => limiter.check('a', 5)).not.toThrow();
    expect(() => limiter.check('c', 5)).toThrow();
  });
});

describe('addressKey', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('of %s is %s', (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});
