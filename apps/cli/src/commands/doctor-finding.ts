import type { ErrorParams, ErrorText } from '@sluice/core';
import type { Context } from '../context.ts';

/** What one check came to. */
export interface Finding {
  readonly check: string;
  readonly result: 'ok' | 'warn' | 'fail';
  readonly detail: string;
}

/** Puts a finding into words of the user's language. */
export type Say = (
  check: ErrorText,
  result: Finding['result'],
  detail: ErrorText,
  params?: ErrorParams,
) => Finding;

export const finder =
  ({ say }: Context): Say =>
  (check, result, detail, params) => ({ check: say(check), result, detail: say(detail, params) });
