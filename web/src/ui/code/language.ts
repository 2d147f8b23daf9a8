export type CodeLanguage = 'json' | 'yaml' | 'javascript' | 'plain';

/** A place in a text that is wrong; line and column count from 1. */
export interface CodeMark {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}
