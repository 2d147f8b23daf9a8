import { useLanguage, useText } from './language.ts';
import type { Texts } from './texts.ts';

/**
 * The hook of texts that only some pages need: they come with the pages that use it, in both languages, and not
 * with the first one. It gives the texts of every page, too.
 */
export function partTexts<T extends object>(en: T, zh: T): () => Texts & T {
  const known = new Map<Texts, Texts & T>();
  return () => {
    const everywhere = useText();
    const language = useLanguage();
    const texts = known.get(everywhere) ?? { ...everywhere, ...(language === 'zh' ? zh : en) };
    known.set(everywhere, texts);
    return texts;
  };
}
