import { createHash } from 'node:crypto';
import { type Content, canonicalText } from '@sluice/core';

/** A content as it is stored and travels: its one text, and what is said of it. */
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
    digest: createHash('sha256').update(text).digest('hex'),
    sizeBytes: Buffer.byteLength(text),
    itemCount: content.kind === 'document' ? 0 : Object.keys(content.items).length,
  };
}
