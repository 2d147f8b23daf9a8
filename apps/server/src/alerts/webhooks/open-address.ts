import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Where a message may not go: a network of the server's own, which who makes a webhook has no business in. */
export class ClosedAddressError extends Error {
  override readonly name = 'ClosedAddressError';
  readonly address: string;

  constructor(address: string) {
    super(`${address} is not a public address`);
    this.address = address;
  }
}

/** Whether an address belongs to everybody's internet; in doubt not. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  // Ways of IPv6 to reach an address of IPv4 are judged by that address.
  const bytes = parsed.toByteArray();
  if (parsed.kind() === 'ipv6' && bytes[0] === 0x20 && bytes[1] === 0x02) return false;
  return true;
}

/** Whether the host of an address may be asked at all; a name is looked at again when it is resolved. */
export const isOpenHost = (url: URL, allowed: ReadonlySet<string>): boolean => {
  const host = hostOf(url);
  if (allowed.has(host) || allowed.has(url.host)) return true;
  return isIP(host) === 0 ? host !== 'localhost' && !host.endsWith('.localhost') : isPublicAddress(host);
};

export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

/** Resolves a name, and refuses it when any of its addresses is not public: what is connected to is what was looked at. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    const closed = addresses.find(({ address }) => !isPublicAddress(address));
    if (closed) return callback(new ClosedAddressError(`${hostname} (${closed.address})`), []);
    if (options.all) return callback(null, addresses);
    const [first] = addresses;
    return callback(null, first!.address, first!.family);
  });
};
