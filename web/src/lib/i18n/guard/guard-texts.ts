import { useLanguage } from '../language.ts';
import type { Same } from '../texts.ts';
import { en } from './en.ts';
import { zh } from './zh.ts';

export type GuardTexts = Same<typeof en>;

const texts: Readonly<Record<'en' | 'zh', GuardTexts>> = { en, zh };

/** Texts of resources, rules and scripts; they are loaded with those pages, not with the first one. */
export const useGuardText = (): GuardTexts => texts[useLanguage()];
