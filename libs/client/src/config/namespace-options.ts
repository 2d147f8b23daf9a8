import { type StartupLevel, startupLevels } from '../startup/startup-level.ts';
import type { DocumentValue } from './document-view.ts';
import type { ConfigSpec, ValuesOf } from './spec.ts';

/** Nothing or true accepts; false or words refuse, and the words say why. */
export type Verdict = undefined | boolean | string;

/**
 * Asked before values are served, with those that would come into force and those that are in force now. What it
 * refuses, by its verdict or by throwing, is answered to the server as `rejected` with the message, and the values of
 * before stay. It may take 5 s. It is not asked about the code's own defaults.
 */
export type Validator<V> = (values: V, previous: V) => void | Verdict | Promise<Verdict> | Promise<void>;

/** What may be said of a namespace besides its values. The options of the first declaration with one spec count. */
export interface NamespaceOptions {
  /** What this namespace asks of the start of the app; `weak` when absent. */
  readonly startup?: StartupLevel;
}

export interface ConfigOptions<S extends ConfigSpec> extends NamespaceOptions {
  /** For what one key alone can't tell: `({ min, max }) => min <= max || 'min must not be above max'`. */
  readonly validate?: Validator<ValuesOf<S>>;
}

export interface DocumentOptions<T> extends NamespaceOptions {
  readonly validate?: Validator<DocumentValue<T>>;
}

/** Throws a `TypeError` for a level that doesn't exist. */
export function startupFrom({ startup = 'weak' }: NamespaceOptions): StartupLevel {
  if (startupLevels.includes(startup)) return startup;
  throw new TypeError(
    `${JSON.stringify(startup)} is not a startup level; there are ${startupLevels.join(', ')}`,
  );
}
