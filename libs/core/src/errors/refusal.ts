import { type ErrorParams, type ErrorText, fillText } from './error-code.ts';

/**
 * A "no" of a pure function, in both languages: what happened, what is still true, what to do. It may stand as a
 * parameter of an error of the table: `new SluiceError('wrong_state', { reason: refusal })`.
 */
export interface Refusal<Code extends string = string> extends ErrorText {
  readonly code: Code;
}

/** What a pure function that may refuse answers with; nothing is thrown. */
export type Answer<Value, No = Refusal> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: No };

export function accept<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

/** A refusal with the text of `code`, its `{names}` filled from `params` in each language. */
export function refuse<Code extends string>(
  texts: Readonly<Record<Code, ErrorText>>,
  code: Code,
  params: ErrorParams = {},
): { readonly ok: false; readonly refusal: Refusal<Code> } {
  const { en, zh } = texts[code];
  return { ok: false, refusal: { code, en: fillText(en, params, 'en'), zh: fillText(zh, params, 'zh') } };
}
