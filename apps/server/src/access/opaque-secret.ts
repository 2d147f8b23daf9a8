import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits as text. Only its hash is ever stored, so a stolen database opens no door. */
export const mintSecret = (): string => randomBytes(32).toString('base64url');

/** SHA-256 in hex. Enough for a random secret; a password needs a slow hash. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Compares two hashes without telling by its time where they differ. */
export const sameHash = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
