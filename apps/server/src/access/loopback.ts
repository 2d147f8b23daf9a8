import type { Request } from 'express';

const address = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/;
const hostName = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;
const forwarding = ['forwarded', 'x-forwarded-for', 'x-real-ip'] as const;

/**
 * Whether somebody on this very machine sent this. A header can't claim it: the connection itself must come from
 * loopback, and one that a proxy of this machine forwards counts only when that proxy is trusted to say for whom.
 */
export function isFromThisMachine(request: Request, trustProxy: number): boolean {
  if (!address.test(request.socket.remoteAddress ?? '') || !address.test(request.ip ?? '')) return false;
  return trustProxy > 0 || forwarding.every((header) => request.headers[header] === undefined);
}

/** Whether the browser thinks that it talks to this machine, and not to a name that somebody points here. */
export const hasLoopbackHost = (request: Request): boolean => hostName.test(request.headers.host ?? '');
