import { createHash } from 'node:crypto';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Digests of bodies by their text: thousands of instances in one process are sent the same body and share the work. */
const digests = new Map<string, string>();
export function digestOf(body: string): string {
  const known = digests.get(body);
  if (known !== undefined) return known;
  const digest = sha256(body);
  if (digests.size > 1000) digests.clear();
  digests.set(body, digest);
  return digest;
}
