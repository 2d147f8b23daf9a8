/** Listeners by event. One that throws is reported and keeps nobody else from hearing. */
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
        listener(...(args as never[]));
      } catch (error) {
        this.#threw(String(event), error);
      }
  }
}
