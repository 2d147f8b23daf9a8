/**
 * What a namespace asks of the start of the app, weakest first. Where it is declared several times the strongest
 * counts; without a word it is `weak`. However it is declared, later pushes always arrive.
 * - `none`: nothing from disk; the code's defaults until the server delivers it in this run. Never waited for.
 * - `async`: what is on disk counts, and is never waited for.
 * - `weak`: `ready` waits for the server's word up to its limit, and goes on without it.
 * - `strong`: as `weak`, and without the server's word in force the start is incomplete. A namespace that was never
 *   released counts as an answer: the code's defaults are served.
 * - `eager`: as `strong`, and a namespace that was never released leaves the start incomplete too.
 */
export type StartupLevel = (typeof startupLevels)[number];

export const startupLevels = ['none', 'async', 'weak', 'strong', 'eager'] as const;

/** The level that counts where these were declared. */
export function strongestOf(levels: readonly StartupLevel[]): StartupLevel {
  if (levels.length === 0) return 'weak';
  return startupLevels[Math.max(...levels.map((level) => startupLevels.indexOf(level)))]!;
}

/** A namespace whose level was not met at the start, and has not been since. */
export interface MissingNamespace {
  readonly namespace: string;
  readonly level: 'strong' | 'eager';
  /**
   * `unconfirmed`: the server said nothing in this run; `rejected`: this process refused what the server sent;
   * `unreleased`: the server has never released it, or deleted it.
   */
  readonly why: 'unconfirmed' | 'rejected' | 'unreleased';
  /** In words, in the language of the process. */
  readonly reason: string;
}
