import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addressText, ipMatcher, isIpRange, plainAddress } from './ip-range.ts';

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

describe('the text of an address', () => {
  it('is that of IPv4 where a socket for both kinds wrote it', () => {
    expect(plainAddress('::ffff:10.2.3.4')).toBe('10.2.3.4');
    for (const as of ['10.2.3.4', '::1', '::ffff:a02:304', '2001:db8::1', '', 'x'])
      expect(plainAddress(as)).toBe(as);
  });

  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['::FFFF:10.0.0.1', '10.0.0.1'],
    ['::ffff:a00:1', '10.0.0.1'],
    ['2001:DB8:0::1', '2001:db8::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    ['10.0.0.0/8', '10.0.0.0/8'],
    ['nobody', 'nobody'],
    ['', ''],
  ])('is one for all ways to write it: %s is %s', (text, one) => {
    expect(addressText(text)).toBe(one);
  });

  it('is that of the URL standard, which is that of Node', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 0xffff }));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        fc.pre(groups.slice(0, 6).join() !== '0,0,0,0,0,65535');
        const text = groups.map((each) => each.toString(16)).join(':');
        expect(`[${addressText(text)}]`).toBe(new URL(`http://[${text}]`).hostname);
      }),
    );
  });
});
