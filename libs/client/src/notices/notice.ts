import type { NoticeCode } from './catalog.ts';

/** Something that a person should know: what happened, what is still true, what to do. */
export interface Notice {
  readonly code: NoticeCode;
  /** In the language of `SLUICE_LANG` or `LANG`. */
  readonly text: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** Where notices go; `console` fits. Each code is said at most once a minute. */
export interface Logger {
  warn(line: string): void;
}
