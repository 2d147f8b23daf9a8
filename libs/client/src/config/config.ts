import type { ChangeListener, Unsubscribe } from './change-meta.ts';
import type { ConfigSpec, ValueOf, ValuesOf } from './spec.ts';

interface ConfigMethods<S extends ConfigSpec> {
  /** The value of a key; for keys that are named like a method here. Costs the same as the property. */
  get<K extends keyof S & string>(key: K): ValueOf<S[K]>;
  /** All values at one moment, never half of one push and half of another. */
  values(): ValuesOf<S>;
  /** Calls `listener` after each change of the key. Returns the way to stop it. */
  on<K extends keyof S & string>(key: K, listener: ChangeListener<ValueOf<S[K]>>): Unsubscribe;
}

/**
 * A namespace as the code reads it: every declared key is a property that answers at once with the newest accepted
 * value, or the default. Reading never throws, waits or parses.
 */
export type Config<S extends ConfigSpec = ConfigSpec> = ConfigMethods<S> & {
  readonly [K in Exclude<keyof S, keyof ConfigMethods<S>>]: ValueOf<S[K]>;
};
