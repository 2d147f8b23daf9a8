import type { Condition } from './condition.ts';
import type { Degrade } from './degrade.ts';
import type { ResourceMatch } from './resource.ts';

export const ruleModes = ['off', 'monitor', 'intercept'] as const;
/** `monitor` counts what it would have blocked and changes nothing; `intercept` blocks. */
export type RuleMode = (typeof ruleModes)[number];

/** Moments in UTC between which a rule is in force: `from` belongs to it, `until` doesn't. */
export interface Effective {
  readonly from?: string;
  readonly until?: string;
}

/** What every rule says. */
export interface RuleBase {
  readonly resource: ResourceMatch;
  readonly mode: RuleMode;
  /** Lower is asked first, 0 when absent; ties are ordered by id. Orders rules of one kind, not kinds. */
  readonly priority?: number;
  readonly description?: string;
  readonly when?: Condition;
  readonly effective?: Effective;
  /** Without it a refused caller gets an error. */
  readonly onBlock?: Degrade;
}
