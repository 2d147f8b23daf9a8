import type { Sluice } from '../../sluice.ts';
import type { BlockedError } from '../blocked-error.ts';

/** What the rule gives a caller of an outbound call that was refused, as a response; rejects with the refusal else. */
export async function outboundRefusal(sluice: Sluice, error: BlockedError, args: readonly unknown[]) {
  switch (error.onBlock?.answer) {
    case 'http':
    case 'value':
    case 'empty': {
      const { status, headers, body } = error.toHttp();
      return new Response(body === '' ? null : body, { status, headers });
    }
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
