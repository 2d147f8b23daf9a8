import { createHash } from 'node:crypto';
import { openText } from './sealed-value.ts';

/**
 * Core's `Hash` on the server: SHA-256 of the text as instances see it, with its sealed values opened. So a digest is
 * that of the plain content wherever the server reckons with sealed ones.
 */
export const sha256 = (text: string): string =>
  createHash('sha256').update(openText(text), 'utf8').digest('hex');
