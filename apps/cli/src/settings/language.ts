import type { Language } from '@sluice/core';

/** `--lang`, else SLUICE_LANG, else what the system says; English where nothing names Chinese. */
export function languageOf(
  flag: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Language {
  const wish = [flag, env.SLUICE_LANG, env.LC_ALL, env.LC_MESSAGES, env.LANG].find((v) => v);
  return wish?.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** The value of `--lang` before anything is parsed: help texts need it first. */
export function languageFlag(argv: readonly string[]): string | undefined {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  const at = words.findLastIndex((word) => word === '--lang' || word.startsWith('--lang='));
  if (at < 0) return undefined;
  return words[at] === '--lang' ? words[at + 1] : words[at]!.slice('--lang='.length);
}
