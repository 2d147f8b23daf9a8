/** Things that are due at a time, earliest first; of those due at the same time the one that was added first. */
export class Agenda<T> {
  readonly #times: number[] = [];
  readonly #turns: number[] = [];
  readonly #items: T[] = [];
  #turn = 0;

  get size(): number {
    return this.#items.length;
  }

  /** When the next thing is due; Infinity when there is none. */
  get nextMs(): number {
    return this.#items.length === 0 ? Number.POSITIVE_INFINITY : this.#times[0]!;
  }

  add(atMs: number, item: T): void {
    const [times, turns, items] = [this.#times, this.#turns, this.#items];
    const turn = ++this.#turn;
    let hole = items.length;
    times.push(atMs);
    turns.push(turn);
    items.push(item);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (times[parent]! <= atMs) break;
      this.#move(parent, hole);
      hole = parent;
    }
    times[hole] = atMs;
    turns[hole] = turn;
    items[hole] = item;
  }

  /** Takes the next thing; there must be one. */
  take(): T {
    const first = this.#items[0]!;
    const item = this.#items.pop()!;
    const atMs = this.#times.pop()!;
    const turn = this.#turns.pop()!;
    const size = this.#items.length;
    if (size === 0) return first;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#isBefore(child + 1, this.#times[child]!, this.#turns[child]!)) child++;
      if (!this.#isBefore(child, atMs, turn)) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#times[hole] = atMs;
    this.#turns[hole] = turn;
    this.#items[hole] = item;
    return first;
  }

  #isBefore(index: number, atMs: number, turn: number): boolean {
    const own = this.#times[index]!;
    return own < atMs || (own === atMs && this.#turns[index]! < turn);
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from]!;
    this.#turns[to] = this.#turns[from]!;
    this.#items[to] = this.#items[from]!;
  }
}
