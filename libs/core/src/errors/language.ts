import type { Language } from './error-code.ts';

/**
 * The language that an environment asks for: `SLUICE_LANG`, else what the system says in `LC_ALL`, `LC_MESSAGES` or
 * `LANG`. English where nothing names Chinese.
 */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const wanted = env.SLUICE_LANG || env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return wanted.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
