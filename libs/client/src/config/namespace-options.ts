import { type StartupLevel, startupLevels } from '../startup/startup-level.ts';

/** What may be said of a namespace besides its values. The options of the first declaration with one spec count. */
export interface NamespaceOptions {
  /** What this namespace asks of the start of the app; `weak` when absent. */
  readonly startup?: StartupLevel;
}

/** Throws a `TypeError` for a level that doesn't exist. */
export function startupFrom({ startup = 'weak' }: NamespaceOptions): StartupLevel {
  if (startupLevels.includes(startup)) return startup;
  throw new TypeError(
    `${JSON.stringify(startup)} is not a startup level; there are ${startupLevels.join(', ')}`,
  );
}
