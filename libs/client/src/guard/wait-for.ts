import type { Block, Entry, Waiting } from '@sluice/core';
import type { Clock, Timer } from '../clock.ts';
import type { Standstill } from './standstill.ts';

/** Whoever decides about calls that wait. */
export interface WaitKeeper {
  readonly clock: Clock;
  readonly standstill: Standstill;
  resume(waiting: Waiting): Entry | Waiting | Block;
  cancel(waiting: Waiting): void;
}

/**
 * Waits until a call may go or is refused. Aborted, it gives up, returns what the call had taken, and rejects with the
 * reason of the signal.
 */
export function waitFor(guard: WaitKeeper, waiting: Waiting, signal?: AbortSignal): Promise<Entry | Block> {
  return new Promise((resolve, reject) => {
    let timer: Timer | undefined;
    let isOver = false;
    const end = (): void => {
      isOver = true;
      timer?.cancel();
      waiting.onGranted = undefined;
      signal?.removeEventListener('abort', giveUp);
    };
    const step = (): void => {
      if (isOver) return;
      timer?.cancel();
      const next = guard.resume(waiting);
      if (next.verdict === 'wait') {
        wake(next.waitMs);
        return;
      }
      end();
      resolve(next);
    };
    const wake = (inMs: number): void => {
      const { clock, standstill } = guard;
      const dueMs = clock.monotonic() + inMs;
      const due = (): void => {
        const moreMs = standstill.moreMs(dueMs, clock.monotonic());
        if (moreMs > 0) wake(moreMs);
        else step();
      };
      // Somebody waits for the answer, so the process has to stay for it.
      timer = clock.after(inMs, due, 'held');
    };
    const giveUp = (): void => {
      end();
      guard.cancel(waiting);
      reject(signal?.reason);
    };
    // A permit may come from inside the exit of another call, and many that wait may be refused one by another. By a
    // promise, because tests with timers of their own put something else in the place of `queueMicrotask`.
    waiting.onGranted = () => void Promise.resolve().then(step);
    signal?.addEventListener('abort', giveUp, { once: true });
    wake(waiting.waitMs);
    if (signal?.aborted) giveUp();
  });
}
