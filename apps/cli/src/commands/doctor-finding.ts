import type { ErrorParams, ErrorText } from '@sluice/core';
import type { Context } from '../context.ts';

/** What one check came to. */
export interface Finding {
  /** What was looked at, in English whatever the user's language: programs find it by that. */
  readonly check: string;
  /** The same as people read it. */
  readonly name: string;
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
  (check, result, detail, params) => ({
    check: check.en,
    name: say(check),
    result,
    detail: say(detail, params),
  });

/** A check that an error ended, in the words of that error. */
export const failed = ({ say }: Context, check: ErrorText, detail: string): Finding => ({
  check: check.en,
  name: say(check),
  result: 'fail',
  detail,
});
