import { createHash } from 'node:crypto';
import type { Hash } from '@sluice/core';

/** SHA-256 of the UTF-8 bytes, in lower-case hex. */
export const sha256: Hash = (text) => createHash('sha256').update(text, 'utf8').digest('hex');
