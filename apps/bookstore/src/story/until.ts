import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../demo/api.ts';

/** A chapter has not come true. The message is for people. */
export class NotTrue extends Error {
  override readonly name = 'NotTrue';
}

const everyMs = 200;

/** Asks until the answer is there. Refusals of the server end it at once; a server that is away is asked again. */
export async function until<T>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  let last = '';
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      last = '';
    } catch (error) {
      if (error instanceof NotTrue || (error instanceof ApiError && error.status < 500)) throw error;
      last = ` (${(error as Error).message})`;
    }
    if (performance.now() > end) throw new NotTrue(`${what}: ${Math.round(timeoutMs / 1000)} s${last}`);
    await sleep(everyMs);
  }
}
