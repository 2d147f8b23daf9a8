/**
 * The same, but rejects with the reason of the signal as soon as that is aborted: what the app answers in place of a call
 * may never come.
 */
export async function unlessAborted<T>(
  given: PromiseLike<T>,
  signal: AbortSignal | null | undefined,
): Promise<T> {
  if (!signal) return given;
  let giveUp!: () => void;
  const givenUp = new Promise<never>((_, reject) => {
    giveUp = () => reject(signal.reason);
  });
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    return await Promise.race([given, givenUp]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
