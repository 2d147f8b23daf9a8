import type { DocumentFormat } from '@sluice/core';
import type { CodeLanguage } from '../ui/code/language.ts';

/** The grammar that the editor has for a document's format. */
export function codeLanguageOf(format: DocumentFormat | undefined): CodeLanguage {
  return format === 'json' || format === 'yaml' ? format : 'plain';
}
