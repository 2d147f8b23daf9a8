import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ipMatcher, isIpRange } from './ip-range.ts';

describe('isIpRange', () => {
  it.each([
    '10.0.0.1',
    '0.0.0.0/0',
    '10.0.0.0/8',
    '::',
    '::1',
    'fe80::1%eth0',
    '2001:db8::/32',
    '1:2:3:4:5:6:7:8',
    '::ffff:10.0.0.1',
  ])('takes %s', (text) => {
    expect(isIpRange(text)).toBe(true);
  });

  it.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.01',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '::1::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    'g::',
    '::/129',
    'localhost',
    '10.0.0.0/-1',
  ])('refuses %j', (text) => {
    expect(isIpRange(text)).toBe(false);
  });
});

describe('ipMatcher', () => {
  it('knows what lies in a range, to the bit', () => {
    const inRange = ipMatcher(['10.2.0.0/15', '192.168.1.7', '2001:db8:8000::/33']);
    for (const ip of ['10.1.255.255', '10.4.0.0', '192.168.1.8', '2001:db8:7fff::1', '', 'x'])
      expect([ip, inRange(ip)]).toEqual([ip, false]);
    for (const ip of ['10.2.0.0', '10.3.255.255', '192.168.1.7', '2001:db8:8000::1', '2001:DB8:ffff::'])
      expect([ip, inRange(ip)]).toEqual([ip, true]);
  });

  it('takes an address of IPv4 in either form', () => {
    const inRange = ipMatcher(['10.0.0.0/8']);
    expect(inRange('::ffff:10.2.3.4')).toBe(true);
    expect(inRange('::ffff:a02:304')).toBe(true);
    expect(inRange('::10.2.3.4')).toBe(false);
  });

  it('agrees with arithmetic on 32 bits', () => {
    const address = fc.integer({ min: 0, max: 0xffff_ffff });
    const textOf = (n: number): string => [24, 16, 8, 0].map((s) => (n >>> s) & 255).join('.');
    fc.assert(
      fc.property(
        address,
        fc.integer({ min: 0, max: 32 }),
        fc.integer({ min: 0, max: 32 }),
        (a, bits, at) => {
          const other = at === 32 ? a : (a ^ (1 << at)) >>> 0;
          const size = 2 ** (32 - bits);
          expect(ipMatcher([`${textOf(a)}/${bits}`])(textOf(other))).toBe(
            Math.floor(a / size) === Math.floor(other / size),
          );
        },
      ),
    );
  });
});
