import { type Language, languageOf } from '@sluice/core';

/** `--lang`, else what the environment asks for. */
export function wantedLanguage(
  flag: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Language {
  return languageOf(flag ? { SLUICE_LANG: flag } : env);
}

/** The value of `--lang` before anything is parsed: help texts need it first. */
export function languageFlag(argv: readonly string[]): string | undefined {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const at = words.findLastIndex((word) => word === '--lang' || word.startsWith('--lang='));
  if (at < 0) return undefined;
  return words[at] === '--lang' ? words[at + 1] : words[at]!.slice('--lang='.length);
}
