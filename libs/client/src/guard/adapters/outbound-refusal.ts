import type { Sluice } from '../../sluice.ts';
import type { BlockedError, HttpAnswer } from '../blocked-error.ts';

/** An answer as a response, as if it had come from the other side. */
export const responseOf = ({ status, headers, body }: HttpAnswer): Response =>
  new Response(body === '' ? null : body, { status, headers });

/** What the rule gives a caller of an outbound call that was refused, as a response; rejects with the refusal else. */
export async function outboundRefusal(sluice: Sluice, error: BlockedError, args: readonly unknown[]) {
  switch (error.onBlock?.answer) {
    case 'http':
    case 'value':
    case 'empty':
      return responseOf(error.toHttp());
    case 'fallback':
    case 'lastGood':
    case 'script': {
      const answer = await sluice.answer(error, ...args);
      return answer instanceof Response ? answer : Response.json(answer ?? null);
    }
    default:
      throw error;
  }
}
