import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from '../demo/api.ts';
import { type Said, saidIn } from './said.ts';

/** A chapter has not come true, and why. */
export class NotTrue extends Error {
  override readonly name = 'NotTrue';
  readonly said: Said;

  constructor(said: Said) {
    super(saidIn('en', said));
    this.said = said;
  }
}

/** Somebody has stopped the story. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

interface Stoppable {
  readonly signal: AbortSignal;
}

const everyMs = 200;

/** Throws `Stopped` when it is not to go on. */
export async function pause({ signal }: Stoppable, ms: number): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    throw new Stopped();
  }
}

/**
 * Asks until the answer is there. Refusals of the server end it at once; a server that is away is asked again. Throws
 * `NotTrue` when the time is over, `Stopped` when it is not to go on.
 */
export async function until<T>(
  story: Stoppable,
  what: Said,
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
    if (performance.now() > end)
      throw new NotTrue(
        (texts, language) => `${what(texts, language)}: ${Math.round(timeoutMs / 1000)} s${last}`,
      );
    await pause(story, everyMs);
  }
}
