import { mayHaveBody } from '@sluice/protocol/client';
import type { Sluice } from '../../sluice.ts';
import type { BlockedError, HttpAnswer } from '../blocked-error.ts';
import { answerOf } from './web-refusal.ts';

/** An answer as a response, as if it had come from the other side. */
export const responseOf = ({ status, headers, body }: HttpAnswer): Response =>
  new Response(body !== '' && mayHaveBody(status) ? body : null, { status, headers });

/**
 * What the rule gives a caller of an outbound call that was refused, as an answer of the other side; rejects with the
 * refusal where it gives nothing.
 */
export async function outboundAnswer(
  sluice: Sluice,
  error: BlockedError,
  args: readonly unknown[],
): Promise<HttpAnswer | Response> {
  switch (error.onBlock?.answer) {
    case 'http':
      return error.toHttp();
    case 'value':
    case 'empty':
      return answerOf(await sluice.answer(error, ...args));
    case 'fallback':
    case 'lastGood':
    case 'script': {
      const answer = await sluice.answer(error, ...args);
      return answer instanceof Response ? answer : answerOf(answer ?? null);
    }
    default:
      throw error;
  }
}

/** The same as a response. */
export async function outboundRefusal(sluice: Sluice, error: BlockedError, args: readonly unknown[]) {
  const answer = await outboundAnswer(sluice, error, args);
  return answer instanceof Response ? answer : responseOf(answer);
}
