import type { Sluice } from '../../sluice.ts';
import type { BlockedError, HttpAnswer } from '../blocked-error.ts';
import { keptAnswerOf } from './kept-answer.ts';

/**
 * What the caller of a web resource gets that was refused: what the rule says, computed where it names a fallback, a
 * script or the last good answer; `request` is handed to a named fallback. Never rejects.
 */
export async function webRefusal(sluice: Sluice, error: BlockedError, request: unknown): Promise<HttpAnswer> {
  switch (error.onBlock?.answer) {
    case 'value':
    case 'empty':
    case 'fallback':
    case 'lastGood':
    case 'script':
      try {
        return answerOf(await sluice.answer(error, request));
      } catch {
        // Nothing to give: the refusal itself, which is an answer too.
        return error.toHttp();
      }
    default:
      return error.toHttp();
  }
}

const nothing: HttpAnswer = { status: 204, headers: {}, body: '' };

/** An answer that was kept as it was, anything else as JSON. */
export function answerOf(value: unknown): HttpAnswer {
  const kept = keptAnswerOf(value);
  if (kept) return kept;
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  // Of a function, or of what says so itself, JSON has nothing.
  const body = JSON.stringify(value) as string | undefined;
  return body === undefined ? nothing : { status: 200, headers, body };
}
