import type { Language } from '@sluice/core';
import { useSyncExternalStore } from 'react';
import { en } from './en/en.ts';
import type { Texts } from './texts.ts';

export type { Language };

interface State {
  readonly language: Language;
  readonly texts: Texts;
}

const storageKey = 'sluice.language';
let state: State = { language: 'en', texts: en };
const listeners = new Set<() => void>();

/** The language that the page starts in: the last choice, else what the browser prefers. */
export function preferredLanguage(): Language {
  const kept = localStorage.getItem(storageKey);
  if (kept === 'en' || kept === 'zh') return kept;
  return navigator.languages.some((l) => l.toLowerCase().startsWith('zh')) ? 'zh' : 'en';
}

/** Loads a language and shows it; texts of the other one stay on screen until it is there. */
export async function switchLanguage(language: Language, keep = true): Promise<void> {
  const texts: Texts = language === 'zh' ? (await import('./zh/zh.ts')).zh : en;
  if (keep) localStorage.setItem(storageKey, language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  state = { language, texts };
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
const read = (): State => state;

/** The language of the moment, for what isn't a component: request headers, formats. */
export const currentLanguage = (): Language => state.language;
export const currentTexts = (): Texts => state.texts;

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, read).language;
}

/** Every text of the console, by name: `t.shell.signOut`, `t.publish.button(12)`. */
export function useText(): Texts {
  return useSyncExternalStore(subscribe, read).texts;
}
