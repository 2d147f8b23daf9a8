import type { Language } from '../demo/language.ts';
import { type StoryTexts, storyTextsIn } from './texts.ts';

/** Something that is told to people, in whichever language they read. */
export type Said = (texts: StoryTexts, language: Language) => string;

/** The same in both. */
export interface Words {
  readonly en: string;
  readonly zh: string;
}

export const saidIn = (language: Language, said: Said): string => said(storyTextsIn(language), language);

export const inBoth = (said: Said): Words => ({ en: saidIn('en', said), zh: saidIn('zh', said) });
