import { useLanguage } from './language.ts';

/** A text that came from the server in both languages, as the reader's. */
export function useWords(): (words: { readonly en: string; readonly zh: string }) => string {
  const language = useLanguage();
  return (words) => words[language];
}
