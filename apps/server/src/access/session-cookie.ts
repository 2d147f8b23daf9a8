/**
 * Over HTTPS the name begins with `__Host-`: browsers then take it only from this very host, with Secure, so no
 * neighbour can plant one.
 */
export const cookieName = (secure: boolean): string => (secure ? '__Host-sluice' : 'sluice_session');

/**
 * The session's id in a Cookie header. Two different ones under one name are none at all: somebody planted one.
 */
export function sessionIdIn(cookieHeader: string, secure: boolean): string | undefined {
  const wanted = cookieName(secure);
  const found = new Set<string>();
  for (const pair of cookieHeader.slice(0, 16_384).split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === wanted) found.add(pair.slice(at + 1).trim());
  }
  const [id] = found;
  return found.size === 1 && id !== undefined && /^[A-Za-z0-9_-]{43}$/.test(id) ? id : undefined;
}
