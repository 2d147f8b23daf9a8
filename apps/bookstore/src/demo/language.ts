export type Language = 'en' | 'zh';

/** The language that a person asked for: SLUICE_LANG, else what the terminal says. */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const asked = env.SLUICE_LANG || env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return asked.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
