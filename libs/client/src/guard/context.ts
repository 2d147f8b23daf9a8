import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallContext } from './call-options.ts';

/** Taken when the module is loaded, so in no request: what is begun through it keeps none alive. */
const outside = AsyncLocalStorage.snapshot();

/** Runs `begin` as if no request were being served. Timers that outlive a call are made here. */
export function outsideOfRequests<T>(begin: () => T): T {
  return outside(begin);
}

/** What is being done, and within what. */
interface Doing {
  readonly what: object;
  readonly within: Doing | undefined;
}

/** What calls inherit from the request that they serve. Costs nothing before it is first used. */
export class Context {
  #doing: AsyncLocalStorage<Doing> | undefined;
  readonly #isOn: boolean;
  #storage: AsyncLocalStorage<CallContext> | undefined;

  constructor(isOn: boolean) {
    this.#isOn = isOn;
  }

  get current(): CallContext | undefined {
    return this.#storage?.getStore();
  }

  /** What `run` calls, and whatever that sets off, inherits `more`; tags are added to those that are there. */
  run<T>(more: CallContext, run: () => T): T {
    if (!this.#isOn) return run();
    this.#storage ??= new AsyncLocalStorage();
    const { current } = this;
    const tags = current?.tags || more.tags ? { tags: { ...current?.tags, ...more.tags } } : {};
    return this.#storage.run({ ...current, ...more, ...tags }, run);
  }

  /** `run`, and whatever that sets off, does `what`. */
  doing<T>(what: object, run: () => T): T {
    if (!this.#isOn) return run();
    this.#doing ??= new AsyncLocalStorage();
    return this.#doing.run({ what, within: this.#doing.getStore() }, run);
  }

  /** How often `what` is being done here, one time within the other. */
  depthOf(what: object): number {
    let depth = 0;
    for (let at = this.#doing?.getStore(); at; at = at.within) if (at.what === what) depth += 1;
    return depth;
  }
}
