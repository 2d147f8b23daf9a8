import type { ErrorText } from '../errors/error-code.ts';

export const lintCodes = [
  'ratioAboveOne',
  'zeroLimit',
  'secondsMeant',
  'tinyShare',
  'noResource',
  'expired',
  'neverFires',
  'shadowed',
  'duplicate',
  'noScript',
  'moreInstances',
  'keyShared',
] as const;
export type LintCode = (typeof lintCodes)[number];

/** Something that is likely a mistake. `error`: such a rule is refused when it is published. */
export interface LintFinding {
  readonly code: LintCode;
  readonly severity: 'error' | 'warning' | 'hint';
  readonly rule: string;
  /** Its place in the rule, with dots; empty for the rule as a whole. */
  readonly field: string;
  readonly text: ErrorText;
  /** Another rule that it is about. */
  readonly other?: string;
}
