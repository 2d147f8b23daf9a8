import type { ErrorText } from '@sluice/core';

/** Where a document is not what it says it is. Line and column count from 1. */
export class DocumentFault extends Error {
  override readonly name = 'DocumentFault';
  readonly line: number;
  readonly column: number;
  readonly reason: ErrorText;

  constructor(place: Place, reason: ErrorText) {
    super(reason.en);
    this.line = place.line;
    this.column = place.column;
    this.reason = reason;
  }
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Line and column of an offset, as an editor shows them. A line ends with LF, CRLF or CR. */
export function placeOf(text: string, offset: number): Place {
  let line = 1;
  let lineStart = 0;
  for (let at = 0; at < offset && at < text.length; at++) {
    const isEnd = text[at] === '\n' || (text[at] === '\r' && text[at + 1] !== '\n');
    if (!isEnd) continue;
    line++;
    lineStart = at + 1;
  }
  return { line, column: Math.min(offset, text.length) - lineStart + 1 };
}
