import type { Live } from './held.ts';

/** What is kept of fetched bodies until they are held; one body is at most about 1 MiB. */
const keptCharacters = 8 * 1024 * 1024;

/**
 * The texts of bodies by their digests: those in force, those that are on their way, and those that were fetched for
 * a push that was only prepared so far. Each is fetched once.
 */
export class Bodies {
  readonly #live: () => Live;
  readonly #fetch: (digest: string) => Promise<string>;
  readonly #coming = new Map<string, Promise<string>>();
  readonly #fetched = new Map<string, string>();
  #size = 0;

  constructor(live: () => Live, fetch: (digest: string) => Promise<string>) {
    this.#live = live;
    this.#fetch = fetch;
  }

  /** Rejects when it isn't held and can't be fetched. */
  async of(digest: string): Promise<string> {
    for (const held of this.#live().namespaces.values())
      for (const layer of held.layers) if (layer.digest === digest) return layer.body;
    return this.#fetched.get(digest) ?? this.#coming.get(digest) ?? this.#ask(digest);
  }

  /** Keeps no second copy of what is held by now. */
  settle(): void {
    if (this.#fetched.size === 0) return;
    for (const held of this.#live().namespaces.values())
      for (const { digest } of held.layers) this.#drop(digest);
  }

  #ask(digest: string): Promise<string> {
    const coming = this.#fetch(digest)
      .then((body) => this.#keep(digest, body))
      .finally(() => this.#coming.delete(digest));
    this.#coming.set(digest, coming);
    return coming;
  }

  #keep(digest: string, body: string): string {
    this.#fetched.set(digest, body);
    this.#size += body.length;
    for (const oldest of this.#fetched.keys()) {
      if (this.#size <= keptCharacters) break;
      this.#drop(oldest);
    }
    return body;
  }

  #drop(digest: string): void {
    this.#size -= this.#fetched.get(digest)?.length ?? 0;
    this.#fetched.delete(digest);
  }
}
