import type { StartupLevel, Verdict } from '@sluice/client';

/** What may be said of a config class besides its values. */
export interface DynamicConfigOptions<C extends object = object> {
  /** What the start of the app asks of this namespace; `weak` when absent. An app that misses it doesn't start. */
  readonly startup?: StartupLevel;
  /**
   * Asked before values are served, with those that would come into force and those that are. Only the `@DynamicValue`
   * properties are there, no methods. False, words or an error refuse them: the values of before stay, and the words
   * are told to the server. `@DynamicConfig<Pool>('pool', { validate: ({ min, max }) => min <= max || 'min > max' })`
   */
  readonly validate?: (
    values: Readonly<C>,
    previous: Readonly<C>,
  ) => void | Verdict | Promise<Verdict> | Promise<void>;
}
