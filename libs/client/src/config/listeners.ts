import type { Held } from '../snapshot/held.ts';
import type { ChangeListener, ChangeMeta, Unsubscribe } from './change-meta.ts';
import type { ListenerEntry } from './listener-queue.ts';

/** The listeners that were put on one view. */
export class Listeners {
  readonly #entries: ListenerEntry[] = [];

  get all(): readonly ListenerEntry[] {
    return this.#entries;
  }

  /** `read` gives the newest value; `same` says whether two values are the same to the listener. */
  add<T>(
    path: string,
    read: () => T,
    same: (a: T, b: T) => boolean,
    meta: () => ChangeMeta,
    listener: ChangeListener<T>,
  ): Unsubscribe {
    let told = read();
    let gone = false;
    const entry: ListenerEntry = {
      path,
      isStale: () => !same(told, read()),
      isGone: () => gone,
      tell() {
        const previous = told;
        told = read();
        return listener(told, previous, meta());
      },
    };
    this.#entries.push(entry);
    return () => {
      gone = true;
      const index = this.#entries.indexOf(entry);
      if (index >= 0) this.#entries.splice(index, 1);
    };
  }
}

/** Where the value of `key` comes from in `held`. */
export function changeMeta(namespace: string, key: string, held: Held | undefined): ChangeMeta {
  const winner = held?.winners.get(key);
  const pushId = winner?.pushId ?? held?.pushId;
  return {
    namespace,
    layer: winner?.kind ?? 'default',
    ...(winner?.release !== undefined && { release: winner.release }),
    revision: held?.revision ?? 0,
    ...(pushId !== undefined && { pushId }),
  };
}
