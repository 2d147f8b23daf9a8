/** First in, first out, without moving what waits at each step. */
export class Fifo<T> {
  #items: T[] = [];
  #start = 0;

  get length(): number {
    return this.#items.length - this.#start;
  }

  get first(): T | undefined {
    return this.#items[this.#start];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  unshift(item: T): void {
    if (this.#start > 0) this.#items[--this.#start] = item;
    else this.#items.unshift(item);
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#start++];
    if (this.length === 0 || (this.#start > 1024 && this.#start * 2 > this.#items.length)) {
      this.#items = this.#items.slice(this.#start);
      this.#start = 0;
    }
    return item;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let at = this.#start; at < this.#items.length; at++) yield this.#items[at]!;
  }
}
