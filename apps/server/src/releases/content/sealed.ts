import { type Content, canonicalText } from '@sluice/core';
import { openText } from '../../env/sealed-value.ts';
import { sha256 } from '../../env/sha256.ts';

/**
 * A content as it is stored: its one text, and what is said of it. Its secrets are sealed in both; digest and size are
 * those of what instances see.
 */
export interface Sealed {
  readonly content: Content;
  readonly text: string;
  readonly digest: string;
  readonly sizeBytes: number;
  readonly itemCount: number;
}

export function seal(content: Content): Sealed {
  const text = canonicalText(content);
  return {
    content,
    text,
    digest: sha256(text),
    sizeBytes: Buffer.byteLength(openText(text)),
    itemCount: content.kind === 'document' ? 0 : Object.keys(content.items).length,
  };
}
