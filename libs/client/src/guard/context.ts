import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallContext } from './call-options.ts';

/** Taken when the module is loaded, so in no request: what is begun through it keeps none alive. */
const outside = AsyncLocalStorage.snapshot();

/** Runs `begin` as if no request were being served. Timers that outlive a call are made here. */
export function outsideOfRequests<T>(begin: () => T): T {
  return outside(begin);
}

/** What calls inherit from the request that they serve. Costs nothing before it is first used. */
export class Context {
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
}
