const mostEntries = 10_000;
/** Of keys and values together, in characters. */
const mostLength = 4 * 1024 * 1024;

interface Entry<T> {
  readonly value: T;
  readonly at: number;
  readonly length: number;
}

/** Answers by the text of their inputs. Bounded: the one that was longest not asked for goes first. */
export class Memo<T> {
  readonly #entries = new Map<string, Entry<T>>();
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

  /** `valueLength` is what the value takes, where that is worth a count. */
  set(key: string, value: T, nowMs: number, valueLength = 0): void {
    const length = key.length + valueLength;
    this.#length += length - (this.#entries.get(key)?.length ?? 0);
    this.#entries.delete(key);
    this.#entries.set(key, { value, at: nowMs, length });
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size <= mostEntries && this.#length <= mostLength) break;
      this.#entries.delete(oldest);
      this.#length -= entry.length;
    }
  }
}
