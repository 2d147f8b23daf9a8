import { describe, expect, it } from '@jest/globals';
import { isOpenHost, isPublicAddress } from './open-address.ts';

const none: ReadonlySet<string> = new Set();
const open = (address: string, allowed = none): boolean => isOpenHost(new URL(address), allowed);

describe('isPublicAddress', () => {
  it.each([
    '127.0.0.1',
    '127.8.8.8',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '198.18.0.1',
    '192.0.2.1',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'fd12:3456::1',
    '::ffff:10.0.0.1',
    '::ffff:127.0.0.1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    '2001:db8::1',
    'ff02::1',
    'not an address',
    '',
  ])('refuses %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '2606:4700::1111'])('takes %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('isOpenHost', () => {
  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://017700000001/',
    'http://[::1]:9000/',
    'http://[::ffff:10.0.0.1]/',
    'http://localhost:7788/',
    'http://a.localhost/',
    'http://169.254.169.254/latest/meta-data',
  ])('refuses %s', (address) => {
    expect(open(address)).toBe(false);
  });

  it('takes names, which are looked at when they are resolved, and what was allowed', () => {
    expect(open('https://hooks.example.com/x')).toBe(true);
    expect(open('http://127.0.0.1:9000/', new Set(['127.0.0.1:9000']))).toBe(true);
    expect(open('http://127.0.0.1:9001/', new Set(['127.0.0.1:9000']))).toBe(false);
    expect(open('http://10.0.0.8/', new Set(['10.0.0.8']))).toBe(true);
  });
});
