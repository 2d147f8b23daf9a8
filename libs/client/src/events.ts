import { isPromise } from './guard/outcome-of.ts';

/** Listeners by event. One that throws or rejects is reported and keeps nobody else from hearing. */
export class Events<T extends Record<keyof T, (...args: never[]) => void>> {
  readonly #listeners = new Map<keyof T, Set<T[keyof T]>>();
  readonly #threw: (event: string, error: unknown) => void;

  constructor(threw: (event: string, error: unknown) => void) {
    this.#threw = threw;
  }

  on<E extends keyof T>(event: E, listener: T[E]): () => void {
    const set = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, set.add(listener));
    return () => set.delete(listener);
  }

  /** Whether anybody listens. */
  has(event: keyof T): boolean {
    return (this.#listeners.get(event)?.size ?? 0) > 0;
  }

  emit<E extends keyof T>(event: E, ...args: Parameters<T[E]>): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])])
      try {
        const answer: unknown = listener(...(args as never[]));
        // An asynchronous function is a listener, too; nobody else is there to hear that it failed.
        if (isPromise(answer)) answer.then(undefined, (error) => this.#threw(String(event), error));
      } catch (error) {
        this.#threw(String(event), error);
      }
  }
}
