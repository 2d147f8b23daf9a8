import type { Token } from '@sluice/protocol';

const dayMs = 86_400_000;
/** A token that ends within this is pointed at. */
const soonDays = 14;

export type TokenLife =
  | { readonly is: 'revoked'; readonly at: string }
  | { readonly is: 'expired' }
  /** It speaks for somebody who may not sign in. */
  | { readonly is: 'rests' }
  | { readonly is: 'inForce'; readonly until?: string | undefined; readonly daysLeft?: number };

/** Whether a token opens now, and for how long. `daysLeft` is there when it ends soon. */
export function lifeOf(token: Token, now: number): TokenLife {
  if (token.revokedAt !== undefined) return { is: 'revoked', at: token.revokedAt };
  const leftMs = token.expiresAt === undefined ? undefined : Date.parse(token.expiresAt) - now;
  if (leftMs !== undefined && leftMs <= 0) return { is: 'expired' };
  if (token.kind === 'api' && token.owner?.disabled) return { is: 'rests' };
  const isSoon = leftMs !== undefined && leftMs <= soonDays * dayMs;
  return { is: 'inForce', until: token.expiresAt, ...(isSoon && { daysLeft: Math.floor(leftMs / dayMs) }) };
}

/** Whether it is one that somebody looks for, by its name, its owner, or a secret that he found: by its beginning. */
export function isSought(token: Token, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return true;
  const secret = /^sl[ac]_[0-9a-f]*/.exec(wanted)?.[0];
  if (secret !== undefined) return token.prefix.startsWith(secret.slice(0, 20));
  return [token.name, token.owner?.name ?? '', token.id].some((each) => each.toLowerCase().includes(wanted));
}
