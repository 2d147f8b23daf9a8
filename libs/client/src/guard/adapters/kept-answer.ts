import type { HttpAnswer } from '../blocked-error.ts';
import { type HeaderOf, isForEverybody } from './for-everybody.ts';

/** A longer one isn't kept: what stands in for a call shall be small. */
export const mostBytes = 256 * 1024;
/** What of the head says how the body is to be read. */
const headersKept = ['content-type', 'content-language'] as const;
const readable = /^(?:text\/(?!event-stream)|application\/(?:[\w.-]+\+)?json\b)/i;

type Headers = Readonly<Record<string, string>>;

/** An answer over HTTP as it lies among the last good ones: plain data, told from answers of functions by its mark. */
interface KeptAnswer extends HttpAnswer {
  readonly kept: 'http';
}

/** The kept answer, where the value is one. */
export function keptAnswerOf(value: unknown): HttpAnswer | undefined {
  const answer = value as Partial<KeptAnswer> | null | undefined;
  if (typeof answer !== 'object' || answer?.kept !== 'http') return undefined;
  const { status, headers, body } = answer as KeptAnswer;
  return { status, headers, body };
}

/** Whether a body with this head is one of text that may be kept. A part of one would be taken for the whole. */
export function isKeepable(status: number, asked: HeaderOf, headerOf: HeaderOf): boolean {
  if (status < 200 || status > 299 || status === 206 || headerOf('content-range') !== undefined) return false;
  if (asked('range') !== undefined || !isForEverybody(asked, headerOf)) return false;
  const contentType = headerOf('content-type');
  return status === 204 || (typeof contentType === 'string' && readable.test(contentType));
}

/** Gathers the body of one answer while it passes by. */
export class AnswerKeeper {
  readonly #keep: (answer: unknown) => void;
  readonly #asked: HeaderOf;
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  /** `asked`: the headers of the request. */
  constructor(keep: (answer: unknown) => void, asked: HeaderOf) {
    this.#keep = keep;
    this.#asked = asked;
  }

  add(chunk: unknown, encoding?: unknown): void {
    if (this.#bytes > mostBytes) return;
    if (typeof chunk === 'string') {
      const named = typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : 'utf8';
      this.#take(Buffer.from(chunk, named));
    } else if (chunk instanceof Uint8Array) this.#take(Uint8Array.from(chunk));
  }

  /** The answer is whole: keeps it, if it is one of text in UTF-8 and not too long. */
  end(status: number, headerOf: HeaderOf): void {
    if (this.#bytes > mostBytes || !isKeepable(status, this.#asked, headerOf)) return;
    const headers: Record<string, string> = {};
    for (const name of headersKept) {
      const value = headerOf(name);
      if (typeof value === 'string') headers[name] = value;
    }
    let body: string;
    try {
      // Refuses what is compressed, too.
      body = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(this.#chunks));
    } catch {
      return;
    }
    const answer: KeptAnswer = { kept: 'http', status, headers: headers satisfies Headers, body };
    this.#keep(answer);
  }

  #take(chunk: Uint8Array): void {
    this.#bytes += chunk.byteLength;
    if (this.#bytes > mostBytes) this.#chunks = [];
    else this.#chunks.push(chunk);
  }
}
