/** The addresses of a service's processes, taken in turn. */
export class Peers {
  readonly #addresses: readonly string[];
  #next = 0;

  constructor(addresses: readonly string[]) {
    this.#addresses = addresses;
  }

  /** Undefined when nobody told this process where the service is. */
  next(): string | undefined {
    const address = this.#addresses[this.#next];
    this.#next = (this.#next + 1) % Math.max(1, this.#addresses.length);
    return address;
  }
}
