import type { ErrorParams, ErrorText, Fault } from '@sluice/core';
import { type ExitCode, exitCode } from './exit-code.ts';

/** The three parts of every error, in both languages. */
export interface ErrorParts {
  readonly what: ErrorText;
  readonly still?: ErrorText;
  readonly todo?: ErrorText;
}

/** What belongs to an error besides its parts. `lines` stand below it: faults, a three-way comparison. */
export interface ErrorMore {
  readonly requestId?: string;
  readonly lines?: readonly (string | ErrorText)[];
  readonly cause?: unknown;
}

/** Why a command ends without success: a code, an exit code, and what happened, what is still true, what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: string;
  readonly exit: ExitCode;
  readonly parts: ErrorParts;
  readonly params: ErrorParams;
  readonly more: ErrorMore;

  constructor(
    code: string,
    exit: ExitCode,
    parts: ErrorParts,
    params: ErrorParams = {},
    more: ErrorMore = {},
  ) {
    super(parts.what.en, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.exit = exit;
    this.parts = parts;
    this.params = params;
    this.more = more;
  }
}

export const nothingChanged: ErrorText = { en: 'Nothing was changed.', zh: '没有任何更改。' };

/** A command line that can't be carried out as it was written. */
export function usageError(what: ErrorText, todo: ErrorText, params: ErrorParams = {}): CliError {
  return new CliError('usage', exitCode.usage, { what, still: nothingChanged, todo }, params);
}

/** Faults of a check as lines below an error, one a place. */
export function faultLines(faults: readonly Fault[]): ErrorText[] {
  return faults.map(({ path, message, zh }) => ({
    en: `${path || '-'}: ${message}`,
    zh: `${path || '-'}：${zh ?? message}`,
  }));
}
