import { partTexts } from '../part-texts.ts';
import type { Same } from '../texts.ts';
import * as en from './en.ts';
import * as zh from './zh.ts';

/** Texts of the demo's story, and those of every page. */
export const useStoryText = partTexts<Same<typeof en>>(en, zh);
