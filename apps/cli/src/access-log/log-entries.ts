import type { ErrorText } from '@sluice/core';
import { type LogEntry, type LogShape, parseLogLine } from './log-line.ts';

/** A line that was passed over. */
export interface PassedOver {
  /** Counted from 1. */
  readonly line: number;
  readonly reason: ErrorText;
  /** Its first 200 characters. */
  readonly text: string;
}

const longestLine = 1 << 20;
const tooLong: ErrorText = { en: 'it is longer than 1 MiB', zh: '超过 1 MiB' };

/** Takes a log apart as it comes. Lines that are none are counted, and the first five of them kept. */
export class LogEntries {
  readonly #shape: LogShape;
  readonly #onEntry: (entry: LogEntry) => void;
  readonly firstBad: PassedOver[] = [];
  badLines = 0;
  lines = 0;
  #rest: Buffer = Buffer.alloc(0);
  #isTooLong = false;

  constructor(shape: LogShape, onEntry: (entry: LogEntry) => void) {
    this.#shape = shape;
    this.#onEntry = onEntry;
  }

  take(chunk: Uint8Array): void {
    const fresh = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const bytes = this.#rest.length === 0 ? fresh : Buffer.concat([this.#rest, fresh]);
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
      this.#line(bytes, start, end);
      start = end + 1;
    }
    // A copy: the rest of a chunk must not hold on to all of it.
    this.#rest = Buffer.from(bytes.subarray(start));
    if (this.#rest.length <= longestLine) return;
    if (!this.#isTooLong) this.#passOver(this.#rest, 0, this.#rest.length, tooLong);
    this.#isTooLong = true;
    this.#rest = Buffer.alloc(0);
  }

  /** The last line needs no end. */
  end(): void {
    if (this.#rest.length > 0) this.#line(this.#rest, 0, this.#rest.length);
    this.#rest = Buffer.alloc(0);
  }

  #line(bytes: Buffer, start: number, end: number): void {
    this.lines += 1;
    if (this.#isTooLong) {
      this.#isTooLong = false;
      return;
    }
    if (end === start || (end === start + 1 && bytes[start] === 0x0d)) return;
    const entry = parseLogLine(bytes, start, end, this.#shape);
    if ('bad' in entry) this.#passOver(bytes, start, end, entry.bad, this.lines);
    else this.#onEntry(entry);
  }

  #passOver(bytes: Buffer, start: number, end: number, reason: ErrorText, line = this.lines + 1): void {
    this.badLines += 1;
    if (this.firstBad.length >= 5) return;
    const text = bytes
      .toString('utf8', start, Math.min(end, start + 800))
      .slice(0, 200)
      .trimEnd()
      .toWellFormed();
    this.firstBad.push({ line, reason, text });
  }
}
