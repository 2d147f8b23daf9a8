import type { AckNamespace } from '@sluice/protocol/client';
import type { ListenerFailure } from '../config/listener-queue.ts';
import type { Store } from './store.ts';

/** Longest error that an ack may carry. */
export const longestError = 2000;

/** What is to be said of a namespace that was swapped in; the digest is computed anew from what is read now. */
export function appliedAck(
  store: Store,
  name: string,
  failures: readonly ListenerFailure[] | undefined,
): AckNamespace {
  const digest = store.digestOf(name);
  const known = { name, ...(digest && { digest }) };
  // Code that was loaded while the listeners ran may have refused it since.
  const refusal = store.disputed.get(name);
  if (refusal) return { ...known, state: 'rejected', error: refusal.en.slice(0, longestError) };
  if (!failures) return { ...known, state: 'applied' };
  const error = failures.map((f) => `listener of ${f.path}: ${f.reason.en}`).join('; ');
  return { ...known, state: 'failed', error: error.slice(0, longestError) };
}
