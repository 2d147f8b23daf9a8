import { type ErrorCode, type ErrorParams, errorTable, fillText, type Language } from './error-code.ts';

/** One thing that is wrong with an input: where, and what. */
export interface Fault {
  /** Path into the body, the query or the content: `items.timeoutMs.max`. */
  readonly path: string;
  readonly message: string;
  /** The message in Chinese. */
  readonly zh?: string;
  /**
   * A short machine word: `required`, `unknown`, `type`, `range`, `name`, `depth`, `schema`,
   * `value`.
   */
  readonly problem: string;
}

export interface ErrorDetails {
  readonly faults?: readonly Fault[];
  readonly [more: string]: unknown;
}

/** The one error of Sluice: a code of the table, the parameters of its text, and details for programs. */
export class SluiceError extends Error {
  override readonly name = 'SluiceError';
  readonly code: ErrorCode;
  readonly params: ErrorParams;
  readonly details?: ErrorDetails;

  constructor(
    code: ErrorCode,
    params: ErrorParams = {},
    more: { details?: ErrorDetails; cause?: unknown } = {},
  ) {
    super(
      fillText(errorTable[code].en, params),
      more.cause === undefined ? undefined : { cause: more.cause },
    );
    this.code = code;
    this.params = params;
    if (more.details) this.details = more.details;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  text(language: Language): string {
    return fillText(errorTable[this.code][language], this.params, language);
  }
}
