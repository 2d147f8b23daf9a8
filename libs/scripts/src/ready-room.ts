import { residentBytes } from './process-times.ts';

/** So many scripts are kept ready whatever they take; more of them while their process takes no more than that. */
export const keptReady = 32;
const roomyBytes = 256 * 1024 * 1024;
/** What an isolate has at most. */
const isolateBytes = 16 * 1024 * 1024;

/**
 * Which of these has to go before one more is loaded; undefined where there is room. Of those that are `coming` nobody
 * knows yet what they take, and where the system doesn't tell what a process holds there is no more room. It is any of
 * them: where all are asked in turn, the one that was used longest ago is always the one that is asked next.
 */
export function whoMakesRoom<V>(ready: ReadonlySet<V>, coming: number, pid: number): V | undefined {
  if (ready.size < keptReady) return undefined;
  const bytes = residentBytes(pid);
  if (bytes > 0 && bytes + (coming + 1) * isolateBytes <= roomyBytes) return undefined;
  return [...ready][Math.floor(Math.random() * ready.size)];
}
