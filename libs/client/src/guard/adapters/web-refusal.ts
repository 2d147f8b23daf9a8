import type { Sluice } from '../../sluice.ts';
import type { BlockedError, HttpAnswer } from '../blocked-error.ts';

/**
 * What the caller of a web resource gets that was refused: what the rule says, computed where it names a fallback, a
 * script or the last good answer; `request` is handed to a named fallback. Never rejects.
 */
export async function webRefusal(sluice: Sluice, error: BlockedError, request: unknown): Promise<HttpAnswer> {
  switch (error.onBlock?.answer) {
    case 'fallback':
    case 'lastGood':
    case 'script':
      try {
        return jsonAnswer(await sluice.answer(error, request));
      } catch {
        // Nothing to give: the refusal itself, which is an answer too.
        return error.toHttp();
      }
    default:
      return error.toHttp();
  }
}

function jsonAnswer(value: unknown): HttpAnswer {
  if (value === undefined) return { status: 204, headers: {}, body: '' };
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { status: 200, headers, body: JSON.stringify(value) };
}
