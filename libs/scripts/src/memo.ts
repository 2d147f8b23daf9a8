const mostEntries = 10_000;
const mostLength = 4 * 1024 * 1024;

/** Answers by the text of their inputs. Bounded: the one that was longest not asked for goes first. */
export class Memo<T> {
  readonly #entries = new Map<string, { readonly value: T; readonly at: number }>();
  #length = 0;

  get size(): number {
    return this.#entries.size;
  }

  /** The answer, if it is younger than `maxAgeMs`. */
  get(key: string, nowMs: number, maxAgeMs: number): T | undefined {
    const entry = this.#entries.get(key);
    if (!entry || nowMs - entry.at >= maxAgeMs) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: string, value: T, nowMs: number): void {
    if (!this.#entries.delete(key)) this.#length += key.length;
    this.#entries.set(key, { value, at: nowMs });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= mostEntries && this.#length <= mostLength) break;
      this.#entries.delete(oldest);
      this.#length -= oldest.length;
    }
  }
}
