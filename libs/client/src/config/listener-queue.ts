import type { ErrorText } from '@sluice/core';
import type { Clock } from '../clock.ts';
import { reason, reasonOf } from '../notices/reasons.ts';

/** One listener: how to see whether it has something to hear, and how to tell it. */
export interface ListenerEntry {
  /** `order.timeoutMs`, for messages. */
  readonly path: string;
  /** Whether the newest value differs from the one that the listener was told last. */
  isStale(): boolean;
  /** Tells it the newest value. */
  tell(): void | Promise<void>;
  /** The listener has been taken off. */
  isGone(): boolean;
}

export interface ListenerFailure {
  readonly path: string;
  readonly reason: ErrorText;
}

/** How long a listener may take before it is reported as failed. */
const listenerDeadlineMs = 5000;

/**
 * The listeners of one namespace, told one after the other. While they run only the newest value waits: however many
 * swaps happen meanwhile, each listener is told once more, with the last one.
 */
export class ListenerQueue {
  readonly #entries: () => readonly ListenerEntry[];
  readonly #clock: Clock;
  readonly #failedLate: (failures: readonly ListenerFailure[]) => void;
  readonly #busy = new Set<ListenerEntry>();
  #round: Promise<ListenerFailure[]> | undefined;
  #next: Promise<ListenerFailure[]> | undefined;

  /** `failedLate` hears of listeners that failed over a value that they were told once they were free again. */
  constructor(
    entries: () => readonly ListenerEntry[],
    clock: Clock,
    failedLate: (failures: readonly ListenerFailure[]) => void,
  ) {
    this.#entries = entries;
    this.#clock = clock;
    this.#failedLate = failedLate;
  }

  /** Resolves when every listener has been told the value that is newest now, or a newer one. Never rejects. */
  notify(): Promise<ListenerFailure[]> {
    if (!this.#round) {
      this.#round = this.#tellAll().finally(() => {
        this.#round = undefined;
      });
      return this.#round;
    }
    this.#next ??= this.#round.then(() => {
      this.#next = undefined;
      return this.notify();
    });
    return this.#next;
  }

  async #tellAll(): Promise<ListenerFailure[]> {
    const failures: ListenerFailure[] = [];
    for (const entry of [...this.#entries()]) {
      if (entry.isGone() || !entry.isStale()) continue;
      const failure = await this.#tell(entry);
      if (failure) failures.push({ path: entry.path, reason: failure });
    }
    return failures;
  }

  async #tell(entry: ListenerEntry): Promise<ErrorText | undefined> {
    if (this.#busy.has(entry)) return reason('listener_busy');
    let running: Promise<void>;
    try {
      const answer = entry.tell();
      if (!isPromise(answer)) return undefined;
      running = Promise.resolve(answer);
    } catch (error) {
      return reasonOf(error);
    }
    this.#busy.add(entry);
    const ended = running.then(
      () => undefined,
      (error: unknown) => reasonOf(error),
    );
    const free = ended.finally(() => this.#busy.delete(entry));
    let timer: { cancel(): void } | undefined;
    const late = new Promise<ErrorText>((resolve) => {
      timer = this.#clock.after(listenerDeadlineMs, () => {
        // It gets the newest value once it is through with this one.
        void free.then(() => this.#catchUp(entry));
        resolve(reason('listener_late', { limitSec: listenerDeadlineMs / 1000 }));
      });
    });
    const failure = await Promise.race([free, late]);
    timer?.cancel();
    return failure;
  }

  async #catchUp(entry: ListenerEntry): Promise<void> {
    if (!entry.isStale()) return;
    const failures = await this.notify();
    if (failures.length > 0) this.#failedLate(failures);
  }
}

const isPromise = (value: unknown): value is PromiseLike<void> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
