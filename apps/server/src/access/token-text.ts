import { randomBytes } from 'node:crypto';
import { hashSecret, mintSecret } from './opaque-secret.ts';

export type TokenKind = 'client' | 'api';

const prefixes = { client: 'slc', api: 'sla' } as const satisfies Record<TokenKind, string>;

/** A new token, or a new secret of one: what its holder keeps, and what the server does. */
export function mintToken(
  kind: TokenKind,
  id = randomBytes(8).toString('hex'),
): { id: string; text: string; secretHash: string } {
  const secret = mintSecret();
  return { id, text: `${prefixes[kind]}_${id}_${secret}`, secretHash: hashSecret(secret) };
}

/** How the text of a token begins, which is no secret: what is shown of it, and found in a log by. */
export const prefixOf = ({ kind, id }: { kind: TokenKind; id: string }): string => `${prefixes[kind]}_${id}`;

/** Reads the text of a token; undefined when it cannot be one. Says nothing about whether it is in force. */
export function readToken(text: string): { kind: TokenKind; id: string; secretHash: string } | undefined {
  const match = /^(slc|sla)_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/.exec(text);
  if (!match) return undefined;
  return { kind: match[1] === 'slc' ? 'client' : 'api', id: match[2]!, secretHash: hashSecret(match[3]!) };
}
